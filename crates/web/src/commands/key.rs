use doorward_domain::system::OsEntropy;
use doorward_web::config::SecretKey;

use super::CommandError;
use super::output::print;

/// Prints a new secret key. It reads no settings and creates no file.
pub(super) fn key() -> Result<(), CommandError> {
    print(SecretKey::generate(&OsEntropy)?.expose_secret())
}
