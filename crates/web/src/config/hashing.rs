use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::password::{HashingCost, HashingCostError, Pepper, Peppers, PoolConfig};

use super::settings::{SettingError, Settings, number};

pub(super) fn take_cost(settings: &mut Settings) -> Result<HashingCost, SettingError> {
    let keys = ["hashing.memory_kib", "hashing.iterations", "hashing.lanes"];
    let sources = keys.iter().find_map(|key| settings.source_of(key));
    let memory = settings
        .take("hashing.memory_kib", "KiB, a whole number from 7168 to 262144", |text| {
            number(text, 7_168, HashingCost::MAX_MEMORY_KIB)
        })?
        .unwrap_or(19_456);
    let iterations = settings
        .take("hashing.iterations", "a whole number from 1 to 16", |text| number(text, 1, HashingCost::MAX_ITERATIONS))?
        .unwrap_or(2);
    let lanes = settings
        .take("hashing.lanes", "a whole number from 1 to 16", |text| number(text, 1, HashingCost::MAX_LANES))?
        .unwrap_or(1);
    HashingCost::new(memory, iterations, lanes)
        .map_err(|error: HashingCostError| SettingError::together(&keys, sources.as_deref(), &error.to_string()))
}

pub(super) fn take_pool(settings: &mut Settings) -> Result<PoolConfig, SettingError> {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let workers = settings
        .take("hashing.workers", "a whole number from 1 to 1024", |text| NonZeroUsize::new(number(text, 1, 1_024)?))?
        .unwrap_or(cores);
    let usual = PoolConfig::for_workers(workers);
    Ok(PoolConfig {
        workers,
        queue: settings
            .take("hashing.queue", "a whole number from 1 to 1000000", |text| number(text, 1, 1_000_000))?
            .unwrap_or(usual.queue),
        new_passwords: settings
            .take("hashing.new_passwords", "a whole number from 1 to 1000000", |text| number(text, 1, 1_000_000))?
            .unwrap_or(usual.new_passwords),
        max_wait: settings
            .take("hashing.max_wait_ms", "milliseconds, a whole number from 100 to 60000", |text| {
                number(text, 100, 60_000).map(Duration::from_millis)
            })?
            .unwrap_or(usual.max_wait),
    })
}

pub(super) fn take_peppers(settings: &mut Settings) -> Result<Peppers, SettingError> {
    let allowed = "peppers like `2:<base64>,1:<base64>`, the current one or `none` first";
    Ok(settings.take_secret("hashing.peppers", allowed, peppers)?.unwrap_or_default())
}

/// `2:<base64>,1:<base64>`: the first makes new hashes, the others verify old ones. `none` in the first place gives the
/// pepper up.
fn peppers(text: &str) -> Option<Peppers> {
    let mut written = text.split(',').map(str::trim);
    let current = match written.next()? {
        "none" => None,
        first => Some(pepper(first)?),
    };
    Peppers::new(current, written.map(pepper).collect::<Option<_>>()?).ok()
}

fn pepper(text: &str) -> Option<Pepper> {
    let (version, secret) = text.split_once(':')?;
    Pepper::new(number(version, 1, u32::MAX)?, STANDARD.decode(secret).ok()?).ok()
}
