//! The auth core as this site uses it.

use std::sync::Arc;

use doorward_domain::system::OsEntropy;
use doorward_domain::{AuthService, Clock};
use doorward_storage::SeaOrmStore;

/// The auth core over the database and the operating system's randomness. The program brings the operating system's clock,
/// and a test one that it moves.
pub type SiteAuth = AuthService<SeaOrmStore, Arc<dyn Clock>, OsEntropy>;
