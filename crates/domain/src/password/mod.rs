//! Passwords: which texts may be one ([`policy`]), how they are stored ([`hash`], [`pepper`]), and how hashes are
//! computed ([`hasher`], [`pool`]).

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
