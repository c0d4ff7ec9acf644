use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::password::{HashingCost, HashingCostError, Pepper, Peppers, PoolConfig};

use super::settings::{SettingError, Settings};

pub(super) fn take_cost(settings: &mut Settings) -> Result<HashingCost, SettingError> {
    let keys = ["hashing.memory_kib", "hashing.iterations", "hashing.lanes"];
    let sources = keys.iter().find_map(|key| settings.source_of(key));
    let [memory, iterations, lanes] = keys;
    let (memory, iterations) = (settings.number(memory)?, settings.number(iterations)?);
    let lanes = settings.number(lanes)?;
    HashingCost::new(memory, iterations, lanes)
        .map_err(|error: HashingCostError| SettingError::together(&keys, sources.as_deref(), &error.to_string()))
}

pub(super) fn take_pool(settings: &mut Settings) -> Result<PoolConfig, SettingError> {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let workers = settings.number_if_set("hashing.workers")?.and_then(NonZeroUsize::new).unwrap_or(cores);
    let usual = PoolConfig::for_workers(workers);
    Ok(PoolConfig {
        workers,
        queue: settings.number_if_set("hashing.queue")?.unwrap_or(usual.queue),
        new_passwords: settings.number_if_set("hashing.new_passwords")?.unwrap_or(usual.new_passwords),
        max_wait: Duration::from_millis(settings.number("hashing.max_wait_ms")?),
    })
}

pub(super) fn take_peppers(settings: &mut Settings) -> Result<Peppers, SettingError> {
    Ok(settings.text("hashing.peppers", peppers)?.unwrap_or_default())
}

/// Parses `2:<base64>,1:<base64>`: the first pepper is for new hashes, the others verify old ones. With `none` in the first
/// place, new hashes have no pepper.
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
    let version = version.parse().ok().filter(|version| *version > 0)?;
    Pepper::new(version, STANDARD.decode(secret).ok()?).ok()
}
