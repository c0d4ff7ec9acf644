//! An id for each request: the page of a failure shows it, and so does the log.

use std::fmt;

use doorward_domain::Entropy as _;
use doorward_domain::system::OsEntropy;
use rocket::request::Request;

/// Sixteen random hexadecimal digits; all zeros where there is no randomness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(u64);

impl RequestId {
    /// The same for the whole of a request.
    pub(crate) fn of(request: &Request<'_>) -> Self {
        *request.local_cache(|| {
            let mut bytes = [0; 8];
            let _zeros_without_randomness = OsEntropy.fill(&mut bytes);
            Self(u64::from_le_bytes(bytes))
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
