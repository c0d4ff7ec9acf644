use super::{Budget, MemoryStore, Tables};
use crate::activity::Activity;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::clock::Timestamp;
use crate::repository::{
    FactorChange, FactorUse, FinishLogInError, FinishedLogIn, FoundPendingLogIn, KeptLogIn, NewPendingLogIn,
    NewRecoveryCodes, NewTotp, SecondFactorRemoval, SecondFactorRepository, StartSessionError, StoreError,
    StoredFactors, StoredTotp, Try, TurnOff,
};
use crate::second_factor::{PendingLogIn, PendingLogInHash, SealedSecret};
use crate::session::SessionId;
use crate::token::TokenHash;
use crate::user::UserId;

impl Tables {
    /// Deletes the factors and the pending log-ins of a user who is gone.
    pub(super) fn forget_factors(&mut self, user: UserId) {
        self.factors.remove(&user);
        self.forget_log_ins(user);
    }

    /// Deletes the pending log-ins of a user, which may not go on.
    pub(super) fn forget_log_ins(&mut self, user: UserId) {
        self.log_ins.retain(|_, log_in| log_in.user_id != user);
    }

    pub(super) fn factors_of(&self, user: UserId) -> StoredFactors {
        self.factors.get(&user).cloned().unwrap_or_default()
    }

    /// Checks that the session still exists and the credentials have not changed.
    pub(super) fn check(&self, user: UserId, session: SessionId, credentials_version: i64) -> FactorChange {
        if !self.has_session(user, session) {
            return FactorChange::SessionEnded;
        }
        let is_same = self.users.get(&user).is_some_and(|stored| stored.credentials_version == credentials_version);
        if is_same { FactorChange::Made } else { FactorChange::CredentialsChanged }
    }

    /// Uses the factor up, if it is still good.
    pub(super) fn use_factor(&mut self, id: UserId, used: FactorUse) -> FactorChange {
        let Some(factors) = self.factors.get_mut(&id) else { return FactorChange::AlreadyUsed };
        match (used, &mut factors.totp) {
            (FactorUse::Totp(step), Some(totp)) if totp.last_step < step => totp.last_step = step,
            (FactorUse::RecoveryCode(code), _) if factors.recovery_codes.contains(&code) => {
                factors.recovery_codes.retain(|known| *known != code);
            }
            _ => return FactorChange::AlreadyUsed,
        }
        FactorChange::Made
    }

    pub(super) fn second_factors_of(&self, user: UserId) -> AuthenticationMethods {
        self.users.get(&user).map(|stored| stored.user.second_factors).unwrap_or_default()
    }

    /// Sets the user's second factors, and does what follows any change of them. A user without one has no recovery codes.
    pub(super) fn set_second_factors(&mut self, user: UserId, second_factors: AuthenticationMethods) {
        if let Some(stored) = self.users.get_mut(&user) {
            stored.user.second_factors = second_factors;
            stored.credentials_version += 1;
        }
        if second_factors.is_empty() {
            self.factors.remove(&user);
        }
        self.forget_log_ins(user);
        for device in self.devices.values_mut().filter(|device| device.user_id == user) {
            device.trusted_until = None;
        }
    }

    /// Whether the log-in is this user's, and may be finished.
    pub(super) fn is_open(&self, log_in: &PendingLogInHash, user: UserId, at: Timestamp) -> bool {
        self.log_ins.get(log_in).is_some_and(|log_in| log_in.user_id == user && log_in.is_open_at(at))
    }

    pub(super) fn mark_finished(&mut self, log_in: &PendingLogInHash, at: Timestamp) {
        if let Some(log_in) = self.log_ins.get_mut(log_in) {
            log_in.finished_at = Some(at);
        }
    }

    pub(super) fn set_token(&mut self, session: SessionId, token: TokenHash, at: Timestamp) {
        if let Some(stored) = self.sessions.get_mut(&session) {
            (stored.token, stored.former_token, stored.session.renewed_at) = (token, None, at);
        }
    }
}

impl SecondFactorRepository for MemoryStore {
    async fn factors_of(&self, user: UserId) -> Result<StoredFactors, StoreError> {
        Ok(self.tables().factors_of(user))
    }

    async fn turn_on_totp(&self, new: &NewTotp, activity: &Activity) -> Result<FactorChange, StoreError> {
        let mut tables = self.tables();
        let check = tables.check(new.user_id, new.session_id, new.credentials_version);
        if check != FactorChange::Made {
            return Ok(check);
        }
        let is_free = tables.factors_of(new.user_id).totp.is_none();
        let proof = match new.replacing {
            Some(used) => tables.use_factor(new.user_id, used),
            None if is_free => FactorChange::Made,
            None => FactorChange::CredentialsChanged,
        };
        if proof != FactorChange::Made {
            return Ok(proof);
        }
        let totp = StoredTotp { secret: new.secret.clone(), last_step: new.step, created_at: activity.at };
        let factors = tables.factors.entry(new.user_id).or_default();
        factors.totp = Some(totp);
        if !new.recovery_codes.is_empty() {
            factors.recovery_codes.clone_from(&new.recovery_codes);
        }
        let second_factors = tables.second_factors_of(new.user_id).with(AuthenticationMethod::Totp);
        tables.set_second_factors(new.user_id, second_factors);
        tables.set_token(new.session_id, new.token, activity.at);
        if let Some(stored) = tables.sessions.get_mut(&new.session_id) {
            stored.session.authentication = new.authentication;
        }
        tables.record(activity);
        Ok(FactorChange::Made)
    }

    async fn turn_off_totp(&self, off: &TurnOff, activity: &Activity) -> Result<FactorChange, StoreError> {
        let mut tables = self.tables();
        let check = tables.check(off.user_id, off.session_id, off.credentials_version);
        if check != FactorChange::Made {
            return Ok(check);
        }
        let second_factors = tables.second_factors_of(off.user_id);
        let has_app = second_factors.contain(AuthenticationMethod::Totp);
        if !has_app || tables.use_factor(off.user_id, off.used) == FactorChange::AlreadyUsed {
            return Ok(FactorChange::AlreadyUsed);
        }
        if let Some(factors) = tables.factors.get_mut(&off.user_id) {
            factors.totp = None;
        }
        tables.set_second_factors(off.user_id, second_factors.without(AuthenticationMethod::Totp));
        tables.set_token(off.session_id, off.token, activity.at);
        tables.record(activity);
        Ok(FactorChange::Made)
    }

    async fn replace_recovery_codes(
        &self,
        new: &NewRecoveryCodes,
        activity: &Activity,
    ) -> Result<FactorChange, StoreError> {
        let mut tables = self.tables();
        if !tables.has_session(new.user_id, new.session_id) {
            return Ok(FactorChange::SessionEnded);
        }
        if tables.users.get(&new.user_id).is_none_or(|stored| stored.user.second_factors.is_empty()) {
            return Ok(FactorChange::CredentialsChanged);
        }
        let proof = new.used.map_or(FactorChange::Made, |used| tables.use_factor(new.user_id, used));
        if proof != FactorChange::Made {
            return Ok(proof);
        }
        tables.factors.entry(new.user_id).or_default().recovery_codes.clone_from(&new.hashes);
        tables.record(activity);
        Ok(FactorChange::Made)
    }

    async fn remove_second_factor(&self, user: UserId, activity: &Activity) -> Result<SecondFactorRemoval, StoreError> {
        let mut tables = self.tables();
        let Some(stored) = tables.users.get(&user) else { return Ok(SecondFactorRemoval::NoSuchUser) };
        if stored.user.second_factors.is_empty() {
            return Ok(SecondFactorRemoval::NoneSetUp);
        }
        #[cfg(feature = "passkeys")]
        tables.forget_passkeys(user);
        tables.set_second_factors(user, AuthenticationMethods::NONE);
        tables.record(activity);
        Ok(SecondFactorRemoval::Removed)
    }

    async fn reseal(&self, user: UserId, old: &SealedSecret, new: &SealedSecret) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let totp = tables.factors.get_mut(&user).and_then(|factors| factors.totp.as_mut());
        if let Some(totp) = totp.filter(|totp| totp.secret == *old) {
            totp.secret = new.clone();
        }
        Ok(())
    }

    async fn sealed_secrets(
        &self,
        after: Option<UserId>,
        most: u32,
    ) -> Result<Vec<(UserId, SealedSecret)>, StoreError> {
        let tables = self.tables();
        let with_secret = |(user, factors): (&UserId, &StoredFactors)| Some((*user, factors.totp.clone()?.secret));
        let mut found: Vec<_> = tables.factors.iter().filter_map(with_secret).collect();
        found.retain(|(user, _)| after.is_none_or(|after| *user > after));
        found.sort_by_key(|(user, _)| *user);
        found.truncate(most as usize);
        Ok(found)
    }

    async fn keep_log_in(&self, new: &NewPendingLogIn) -> Result<KeptLogIn, StoreError> {
        let mut tables = self.tables();
        if tables.log_ins.values().any(|other| new.is_overtaken_by(other)) {
            return Ok(KeptLogIn::Overtaken);
        }
        let NewPendingLogIn { token, user_id, credentials_version, kind, browser, ends_at, replacing } = *new;
        tables
            .log_ins
            .retain(|other, log_in| replacing != Some(*other) && (browser.is_none() || log_in.browser != browser));
        if tables.users.contains_key(&user_id) {
            let (tries, finished_at) = (0, None);
            let log_in = PendingLogIn { user_id, credentials_version, kind, browser, tries, ends_at, finished_at };
            tables.log_ins.insert(token, log_in);
        }
        Ok(KeptLogIn::Kept)
    }

    async fn end_log_in(&self, token: &PendingLogInHash) -> Result<(), StoreError> {
        self.tables().log_ins.remove(token);
        Ok(())
    }

    async fn find_log_in(&self, token: &PendingLogInHash) -> Result<Option<FoundPendingLogIn>, StoreError> {
        let tables = self.tables();
        let Some(log_in) = tables.log_ins.get(token).cloned() else { return Ok(None) };
        let found = tables.users.get(&log_in.user_id).map(|stored| {
            let (user, credentials_version) = (stored.user.clone(), stored.credentials_version);
            FoundPendingLogIn { log_in, user, credentials_version }
        });
        Ok(found)
    }

    async fn take_try(&self, token: &PendingLogInHash) -> Result<Try, StoreError> {
        let mut tables = self.tables();
        let log_in = tables.log_ins.get_mut(token).filter(|log_in| log_in.finished_at.is_none());
        let Some(log_in) = log_in.filter(|log_in| log_in.tries < PendingLogIn::MOST_TRIES) else {
            return Ok(Try::NoneLeft);
        };
        log_in.tries += 1;
        Ok(Try::Taken { left: PendingLogIn::MOST_TRIES - log_in.tries })
    }

    async fn finish_log_in(&self, finished: &FinishedLogIn, activities: &[Activity]) -> Result<(), FinishLogInError> {
        let mut tables = self.tables();
        let FinishedLogIn { log_in, used, new } = finished;
        let Some((first, others)) = activities.split_first() else { return Err(FinishLogInError::Ended) };
        if !tables.is_open(log_in, new.session.user_id, first.at) {
            return Err(FinishLogInError::Ended);
        }
        let before = tables.factors_of(new.session.user_id);
        if tables.use_factor(new.session.user_id, *used) == FactorChange::AlreadyUsed {
            return Err(FinishLogInError::AlreadyUsed);
        }
        if let Err(error) = tables.start(new, first) {
            tables.factors.insert(new.session.user_id, before);
            return Err(match error {
                StartSessionError::NotAllowed => FinishLogInError::NotAllowed,
                StartSessionError::Overtaken => FinishLogInError::Overtaken,
                StartSessionError::Store(error) => FinishLogInError::Store(error),
            });
        }
        tables.mark_finished(log_in, first.at);
        for activity in others {
            tables.record(activity);
        }
        Ok(())
    }

    async fn delete_log_ins(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().log_ins.retain(|_, log_in| log_in.ends_at > now || !budget.spend());
        Ok(most - budget.0)
    }
}
