use super::{AuthService, EndSessionError, Failed, Scope, Visit};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::known_device::{KnownDevice, KnownDeviceId};
use crate::repository::{DeviceRepository, ForgottenDevice};

impl<S: DeviceRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The devices known to the account, that of the latest log-in first; at most [`KnownDevice::MOST`].
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn known_devices_of(&self, visit: &Visit) -> Result<Vec<KnownDevice>, Failed> {
        self.known_devices_of_user(visit.user.id).await
    }
}

impl<S: DeviceRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Forgets one of the account's known devices, which is treated like any other from then on. A session on it continues.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for a reauthentication first. [`EndSessionError::NotFound`] if the device is not the user's.
    /// [`EndSessionError::Failed`].
    pub async fn forget_device(&self, visit: &Visit, id: KnownDeviceId) -> Result<(), EndSessionError> {
        if !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let activity = self.activity(Some(user), Event::DeviceForgotten)?;
        if self.store.forget_device(user, id, &activity).await? == ForgottenDevice::NotFound {
            return Err(EndSessionError::NotFound);
        }
        tracing::info!(
            user.id = %user, session.id = %visit.session.id, client.network = %self.client.network(), "known device forgotten"
        );
        Ok(())
    }
}
