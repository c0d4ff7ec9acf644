//! What several fuzz targets share.

pub mod passkeys;
pub mod site;
