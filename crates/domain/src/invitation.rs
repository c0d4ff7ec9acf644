//! Invitations: links by which a number of people may sign up on a site that is not open to all.

use crate::clock::Timestamp;

/// An invitation as a store keeps it, beside the [`LinkHash`](crate::LinkHash) of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// How many users may still sign up by it.
    pub uses_left: u32,
    /// When it expires.
    pub ends_at: Timestamp,
}

impl Invitation {
    /// Whether a visitor may sign up by it at this time.
    #[must_use]
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.uses_left > 0 && now < self.ends_at
    }
}
