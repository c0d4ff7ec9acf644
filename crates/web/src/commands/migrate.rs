use doorward_web::config::{DatabaseMigrate, Listener, Settings, SiteConfig};
use doorward_web::site;

use super::{CommandError, prepare_process, run};

/// Brings the database's schema up to date.
pub(super) fn migrate() -> Result<(), CommandError> {
    let listener = Listener::read()?;
    let config = SiteConfig::read(Settings::find()?, listener.address().port())?;
    prepare_process(&config);
    site::make_data_dir(&config)?;
    run(listener.workers(), async {
        let store = site::open_store(&config).await?;
        let prepared = site::prepare_schema(&config, DatabaseMigrate::Auto, &store).await;
        store.disconnect().await;
        Ok(prepared?)
    })
}
