use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use doorward_domain::AuthService;
use doorward_domain::system::{OsEntropy, SystemClock};

use crate::gate::Gate;
use crate::site::Site;

/// The accounts of a service: the use cases, which it derefs to, and the site that they are for. Clones share the same accounts, so the
/// state of a router can be one or contain one.
pub struct Accounts<S, C = SystemClock, E = OsEntropy>(Arc<Shared<S, C, E>>);

struct Shared<S, C, E> {
    auth: AuthService<S, C, E>,
    site: Site,
}

impl<S, C, E> Accounts<S, C, E> {
    /// Combines use cases with the site that they are for.
    pub fn new(auth: AuthService<S, C, E>, site: Site) -> Self {
        Self(Arc::new(Shared { auth, site }))
    }

    /// The layer that every request has to pass.
    #[must_use]
    pub fn gate(&self) -> Gate<S, C, E> {
        Gate::new(self.clone())
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }
}

impl<S, C, E> Deref for Accounts<S, C, E> {
    type Target = AuthService<S, C, E>;

    fn deref(&self) -> &Self::Target {
        &self.0.auth
    }
}

impl<S, C, E> Clone for Accounts<S, C, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, C, E> fmt::Debug for Accounts<S, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Accounts").field(&self.0.site).finish()
    }
}
