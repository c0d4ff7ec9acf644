use std::ops::Deref;

use super::AuthService;
use crate::client::Client;

/// The service on behalf of one client: [`AuthService::from`]. Methods that need no client can be called through it as well.
#[derive(Debug)]
pub struct Scope<'a, S, C, E> {
    pub(super) service: &'a AuthService<S, C, E>,
    pub(super) client: &'a Client,
}

impl<S, C, E> Deref for Scope<'_, S, C, E> {
    type Target = AuthService<S, C, E>;

    fn deref(&self) -> &Self::Target {
        self.service
    }
}

impl<S, C, E> Clone for Scope<'_, S, C, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, C, E> Copy for Scope<'_, S, C, E> {}
