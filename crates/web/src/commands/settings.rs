use doorward_web::config::commented_settings;

use super::CommandError;
use super::output::print;

/// Prints all settings.
pub(super) fn settings() -> Result<(), CommandError> {
    print(format_args!("{}", commented_settings()))
}
