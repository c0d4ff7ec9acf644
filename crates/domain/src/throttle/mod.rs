//! How often a password may be tried, and a user signed up: counters that no stranger can turn against an owner.
//!
//! | who tries | what is counted | [`ThrottleRules`] |
//! | --- | --- | --- |
//! | a stranger to the account | attempts at this name from this network | `pair` |
//! | | attempts at this name by strangers from anywhere: those of newcomers, and those of the others | `name`, `newcomers` |
//! | | attempts from this network, and those that failed | `log_ins`, `failures` |
//! | a known device | attempts by this device | `pair`, `log_ins` |
//! | | attempts at this account by all its known devices | `name` |
//! | a logged-in user | attempts in this session | `pair`, `log_ins` |
//! | each of these | attempts from this network, and at this account | `network`, `account` |
//! | a visitor whose password was right | codes of a second factor at this account | `second_step` |
//! | a visitor who wants a name | names asked for from this network | `sign_ups` |
//! | a visitor who wants a password | passwords judged for this network | `new_passwords` |
//! | a visitor who wants a mail | mails to this address, and those asked for from this network | `mails_to_address`, `mails_from_network` |
//!
//! A known device and a session share no counter with strangers but those of `network` and `account`, which strangers cannot
//! use up, as their own limits are lower. A network whose attempts at a name are the first in a while is a newcomer, and
//! waits for other newcomers alone: networks that have tried before do not keep it out. A network is an IPv4 address, or the
//! /64 of an IPv6 address with, at ten times the rates, its /48. Names are counted whether or not a user has them. An attempt
//! is counted before its hash, as if it had failed. After a success, `name`, `newcomers` and `failures` take it back, `pair`
//! is forgotten, and the counters that bound hashes keep it.

mod limit;
mod limit_name;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use limit::{CounterState, Limit};
pub use limit_name::LimitName;

use crate::known_device::KnownDevice;
use crate::network::Network;
use crate::session::SessionId;
use crate::user::UserId;

/// The limits of attempts, by what is tried and where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrottleRules {
    /// Limit for attempts by a stranger at one name from one network, by one known device, and in one session.
    pub pair: Limit,
    /// Limit for attempts at one name by strangers from anywhere, of which newcomers and others are counted separately, and at
    /// one account by its known devices together. Keep its longest wait short: strangers can make an owner with a new device
    /// wait for that long.
    pub name: Limit,
    /// Limit for attempts at one name from one network, or the /48 of an IPv6 address, as a newcomer.
    pub newcomers: Limit,
    /// Limit for attempts by strangers from one network, by one known device, and in one session.
    pub log_ins: Limit,
    /// Limit for failed attempts by strangers from one network.
    pub failures: Limit,
    /// Limit for attempts from one network, by strangers, known devices and sessions together.
    pub network: Limit,
    /// Limit for attempts at one account, by all of them.
    pub account: Limit,
    /// Limit for names asked for from one network: sign-ups, and changes of the name.
    pub sign_ups: Limit,
    /// Limit for new passwords from one network that pass the rules that cost nothing: each costs an estimate, and a hash
    /// if it is good.
    pub new_passwords: Limit,
    /// Limit for requested mails to one address, and of one account.
    pub mails_to_address: Limit,
    /// Limit for mails that are requested from one network.
    pub mails_from_network: Limit,
    /// Limit for codes of a second factor at one account: after a right password, and where a change of the factors needs one.
    pub second_step: Limit,
    /// How long after a log-in a device is known.
    pub device_memory: Duration,
}

/// A pair has 5 free attempts, and then waits of up to an hour; a name 5, and then waits of up to 10 seconds. The first 3 attempts
/// in 6 hours are those of a newcomer. A network has 30 attempts and 10 failures a minute by strangers, and 120 attempts a minute in
/// all; an account 60 a minute. A network may ask for 20 names and 60 new passwords an hour, three goes for each name. An address gets 3
/// mails, and then one each 20 minutes; a network may ask for 20 an hour. An account has 10 codes of a second factor in 10 minutes (NIST SP
/// 800-63B-4 §3.2.2 asks for a limit of at most 100 in a row). A device is known for 90 days.
///
/// Precedents: OWASP and NIST (“30 seconds up to an hour”) for the pair, Kanidm's ladder for the name, django-allauth's rates for
/// log-ins, between MAS (3 an hour) and django-allauth (20 a minute) for sign-ups.
impl Default for ThrottleRules {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_mins(1);
        Self {
            pair: Limit::Backoff { free: 5, longest: Duration::from_hours(1) },
            name: Limit::Backoff { free: 5, longest: Duration::from_secs(10) },
            newcomers: Limit::Rate { attempts: 3, period: Duration::from_hours(6) },
            log_ins: Limit::Rate { attempts: 30, period: MINUTE },
            failures: Limit::Rate { attempts: 10, period: MINUTE },
            network: Limit::Rate { attempts: 120, period: MINUTE },
            account: Limit::Rate { attempts: 60, period: MINUTE },
            sign_ups: Limit::Rate { attempts: 20, period: Duration::from_hours(1) },
            new_passwords: Limit::Rate { attempts: 60, period: Duration::from_hours(1) },
            mails_to_address: Limit::Rate { attempts: 3, period: Duration::from_hours(1) },
            mails_from_network: Limit::Rate { attempts: 20, period: Duration::from_hours(1) },
            second_step: Limit::Rate { attempts: 10, period: Duration::from_mins(10) },
            device_memory: Duration::from_hours(24 * 90),
        }
    }
}

/// How many times the rate of one /64 a whole IPv6 /48 has.
const WIDE_NETWORK: u32 = 10;

impl ThrottleRules {
    /// The ways of a stranger's attempt at this name: as a newcomer, or else as one of the others. An attempt at text that cannot
    /// be a name, and may be a password typed into the wrong field, is counted for its network, without the text.
    pub(crate) fn by_stranger(&self, name: Option<&str>, from: Option<IpAddr>) -> Vec<Way> {
        let near = Network::of(from);
        let pair = [name.unwrap_or_default().as_bytes(), &near.to_bytes()];
        let mut shared = self.by_anybody(name, from);
        shared.push(Counter::of("name and network", &pair, (LimitName::Pair, self.pair), AfterSuccess::Forgotten));
        shared.extend(by_networks("log-ins", from, (LimitName::LogIns, self.log_ins), AfterSuccess::Kept));
        shared.extend(by_networks("failures", from, (LimitName::Failures, self.failures), AfterSuccess::TakenBack));
        let by = |kind, parts: &[&[u8]], limit| Counter::of(kind, parts, limit, AfterSuccess::TakenBack);
        let Some(name) = name else {
            shared.push(by("name", &pair, (LimitName::Name, self.name)));
            return vec![shared];
        };
        let (name, wide) = (name.as_bytes(), near.widened().unwrap_or(near).to_bytes());
        let newcomer = [
            by("newcomers", &[name], (LimitName::Name, self.name)),
            by("newcomer", &[name, &wide], (LimitName::Newcomers, self.newcomers)),
        ];
        let other = [by("name", &[name], (LimitName::Name, self.name))];
        vec![[&shared[..], &newcomer].concat(), [&shared[..], &other].concat()]
    }

    /// The way of an attempt at this account by a device that is known to it.
    pub(crate) fn by_known_device(&self, device: &KnownDevice, name: &str, from: Option<IpAddr>) -> Way {
        let user = device.user_id.as_uuid();
        let mut way = self.of_their_own("known device", device.id.as_uuid());
        way.push(Counter::of(
            "known devices",
            &[user.as_bytes()],
            (LimitName::Name, self.name),
            AfterSuccess::TakenBack,
        ));
        way.extend(self.by_anybody(Some(name), from));
        way
    }

    /// The way of an attempt of a logged-in user.
    pub(crate) fn by_session(&self, session: SessionId, name: &str, from: Option<IpAddr>) -> Way {
        let mut way = self.of_their_own("session", session.as_uuid());
        way.extend(self.by_anybody(Some(name), from));
        way
    }

    /// The counters that make strangers in this network wait at this name, without those of the network alone.
    pub(crate) fn at_name(&self, name: &str, from: Option<IpAddr>) -> Vec<Counter> {
        self.but_for_networks(self.by_stranger(Some(name), from).concat(), from)
    }

    /// The counters that make a known device of the account wait, without those of networks.
    pub(crate) fn at_known_device(&self, device: &KnownDevice, name: &str) -> Vec<Counter> {
        self.but_for_networks(self.by_known_device(device, name, None), None)
    }

    /// The counters that make a logged-in user wait, without those of networks.
    pub(crate) fn at_session(&self, session: SessionId, name: &str) -> Vec<Counter> {
        self.but_for_networks(self.by_session(session, name, None), None)
    }

    fn but_for_networks(&self, mut counters: Vec<Counter>, from: Option<IpAddr>) -> Vec<Counter> {
        // An attempt at text that cannot be a name is counted for its network alone.
        let of_network = self.by_stranger(None, from).concat();
        counters.retain(|counter| of_network.iter().all(|other| other.key != counter.key));
        counters
    }

    /// The time after which no attempt at a name makes another one wait.
    pub(crate) fn longest_memory(&self) -> Duration {
        let of_names = [self.pair, self.name, self.newcomers, self.account, self.log_ins];
        of_names.into_iter().map(Limit::longest_memory).max().unwrap_or_default()
    }

    /// The counters of a request for a name.
    pub(crate) fn for_name(&self, from: Option<IpAddr>) -> Vec<Counter> {
        by_networks("names", from, (LimitName::SignUps, self.sign_ups), AfterSuccess::TakenBack)
    }

    /// The counters of a new password that is judged.
    pub(crate) fn for_new_password(&self, from: Option<IpAddr>) -> Vec<Counter> {
        by_networks("new passwords", from, (LimitName::NewPasswords, self.new_passwords), AfterSuccess::Kept)
    }

    /// The counters of a requested mail: to this address or, if no account was found, to the text that was typed.
    pub(crate) fn for_mail(&self, to: &str, from: Option<IpAddr>) -> Vec<Counter> {
        let mut counters = by_networks(
            "mails from network",
            from,
            (LimitName::MailsFromNetwork, self.mails_from_network),
            AfterSuccess::Kept,
        );
        counters.push(Counter::of(
            "mails to address",
            &[to.as_bytes()],
            (LimitName::MailsToAddress, self.mails_to_address),
            AfterSuccess::Kept,
        ));
        counters
    }

    /// The counters of a code that is typed after the password of this account: without the password, no visitor gets that far.
    pub(crate) fn for_second_step(&self, user: UserId) -> Way {
        let id = user.as_uuid();
        vec![Counter::of(
            "second step",
            &[id.as_bytes()],
            (LimitName::SecondStep, self.second_step),
            AfterSuccess::TakenBack,
        )]
    }

    /// The counters of the mails that are requested in an account: the limit is for all addresses together.
    pub(crate) fn for_mails_of(&self, user: UserId) -> Way {
        let of_user = [user.as_uuid()];
        vec![Counter::of(
            "mails of account",
            &of_user.each_ref().map(|id| &id.as_bytes()[..]),
            (LimitName::MailsToAddress, self.mails_to_address),
            AfterSuccess::Kept,
        )]
    }

    /// The counters of a sign-up. If the password is refused, the name is taken back.
    pub(crate) fn for_sign_up(&self, from: Option<IpAddr>) -> Vec<Counter> {
        [self.for_new_password(from), self.for_name(from)].concat()
    }

    fn by_anybody(&self, name: Option<&str>, from: Option<IpAddr>) -> Vec<Counter> {
        let mut counters = by_networks("network", from, (LimitName::Network, self.network), AfterSuccess::Kept);
        counters.extend(name.map(|name| {
            Counter::of("account", &[name.as_bytes()], (LimitName::Account, self.account), AfterSuccess::Kept)
        }));
        counters
    }

    fn of_their_own(&self, whose: &str, id: Uuid) -> Vec<Counter> {
        let waits = Counter::of(
            &format!("{whose}: waits"),
            &[id.as_bytes()],
            (LimitName::Pair, self.pair),
            AfterSuccess::Forgotten,
        );
        let rate = Counter::of(
            &format!("{whose}: rate"),
            &[id.as_bytes()],
            (LimitName::LogIns, self.log_ins),
            AfterSuccess::Kept,
        );
        vec![waits, rate]
    }
}

/// A counter of a network, and one of the network around it.
fn by_networks(
    kind: &str,
    from: Option<IpAddr>,
    (name, rate): (LimitName, Limit),
    after_success: AfterSuccess,
) -> Vec<Counter> {
    let counter = |(network, factor): (Network, u32)| {
        Counter::of(kind, &[&network.to_bytes()], (name, rate.times(factor)), after_success)
    };
    networks(Network::of(from)).map(counter).collect()
}

/// A network and the one around it, each with the factor by which its rate exceeds that of a small one.
fn networks(near: Network) -> impl Iterator<Item = (Network, u32)> {
    std::iter::once((near, 1)).chain(near.widened().map(|wide| (wide, WIDE_NETWORK)))
}

/// Counters that an attempt counts on, all of them. An attempt may have several ways, and goes the first one that is open.
pub(crate) type Way = Vec<Counter>;

/// Counts attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Names it.
    pub key: CounterKey,
    /// Its limit.
    pub limit: Limit,
    /// The rule that the limit is from.
    pub(crate) limit_name: LimitName,
    pub(crate) after_success: AfterSuccess,
}

/// What becomes of an attempt on a counter when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterSuccess {
    /// It counts.
    Kept,
    /// It does not count.
    TakenBack,
    /// It and all before it do not count.
    Forgotten,
}

impl Counter {
    /// A counter for a service's own attempts, each of which counts.
    #[must_use]
    pub const fn new(key: CounterKey, limit: Limit) -> Self {
        Self { key, limit, limit_name: LimitName::Other, after_success: AfterSuccess::Kept }
    }

    fn of(kind: &str, parts: &[&[u8]], (limit_name, limit): (LimitName, Limit), after_success: AfterSuccess) -> Self {
        Self { key: CounterKey::of(kind, parts), limit, limit_name, after_success }
    }

    /// A counter that now and then lets through a notice that another counter turns attempts away.
    pub(crate) fn of_notices(counter: CounterKey) -> Self {
        let limit = Limit::Rate { attempts: 1, period: Limit::MEMORY };
        Self::new(CounterKey::of("notice", &[counter.as_bytes()]), limit)
    }
}

/// Names a counter: a SHA-256, so that every key has one length, and no table holds a name that no user has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CounterKey([u8; Self::BYTES]);

impl CounterKey {
    /// Its length.
    pub const BYTES: usize = 32;

    /// The key of a counter of this kind; the parts tell those of one kind apart. Each part is hashed with its length, so
    /// that no two lists of parts are the same bytes.
    #[must_use]
    pub fn of(kind: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The key to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The key as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CounterKey([redacted])")
    }
}

/// Too many attempts. Nothing was tried, and this attempt does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again after {} s", .retry_after.as_secs())]
pub struct Throttled {
    /// How long to wait: whole seconds, at least one, as `Retry-After` has it (RFC 9110 §10.2.3).
    pub retry_after: Duration,
    /// The limit that was reached, for the operator alone: it would tell a visitor whether their device is known.
    pub limit: LimitName,
}

impl Throttled {
    /// Rounds up.
    pub(crate) fn for_wait(wait: Duration, limit: LimitName) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self { retry_after: Duration::from_secs(seconds.max(1)), limit }
    }
}

#[cfg(test)]
mod tests;
