use doorward_domain::system::OsEntropy;
use doorward_web::config::SecretKey;

use super::CommandError;
use super::output::print;

/// Prints a new secret key. No setting is read and no file made.
pub(super) fn key() -> Result<(), CommandError> {
    print(SecretKey::generate(&OsEntropy)?.expose_secret())
}
