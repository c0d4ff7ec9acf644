//! Passwords: what may be one ([`policy`]), how it is kept ([`hash`], [`pepper`]), and who computes that ([`hasher`],
//! [`pool`]).

pub mod blocklist;
mod error;
mod estimate;
mod expected;
pub mod hash;
pub mod hasher;
#[cfg(feature = "legacy-hashes")]
mod legacy;
pub mod pepper;
pub mod policy;
pub mod pool;
mod reading;
mod weakness;

pub use blocklist::{Blocklist, BlocklistError, Listing};
pub use error::HashingError;
pub use hash::{HashingCost, HashingCostError, PasswordHash};
pub use hasher::{PasswordHasher, Verdict};
pub use pepper::{Pepper, PepperError, Peppers};
pub use policy::{Password, PasswordError, PasswordPolicy};
pub use pool::{PoolConfig, PoolStats, WorkerPool};
pub use weakness::Weakness;
