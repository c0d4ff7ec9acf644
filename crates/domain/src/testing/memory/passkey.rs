use super::{Budget, MemoryStore, Tables};
use crate::activity::Activity;
use crate::authentication::AuthenticationMethod;
use crate::clock::Timestamp;
use crate::id::PasskeyId;
use crate::link::LinkPurpose;
use crate::passkey::{ChallengeHash, CredentialId, Passkey, PasskeyName, UserHandle};
use crate::repository::{
    ChallengeAnswer, FactorChange, FactorUse, FoundPasskey, NewPasskey, PasskeyAddition, PasskeyReauthentication,
    PasskeyRemoval, PasskeyRenaming, PasskeyRepository, PasskeyUse, PasswordRemoval, ReauthenticationByPasskey,
    RemovedPasskey, RemovedPassword, StartByPasskey, StartByPasskeyError, StartSessionError, StoreError,
};
use crate::user::UserId;

impl Tables {
    pub(super) fn forget_passkeys(&mut self, user: UserId) {
        self.passkeys.retain(|_, passkey| passkey.user_id != user);
    }

    /// The user's passkeys, in the order of their addition.
    fn passkeys_of(&self, user: UserId) -> Vec<Passkey> {
        let mut passkeys: Vec<_> = self.passkeys.values().filter(|passkey| passkey.user_id == user).cloned().collect();
        passkeys.sort_by_key(|passkey| (passkey.created_at, passkey.id));
        passkeys
    }

    fn find_passkey(&self, credential: &CredentialId) -> Option<&Passkey> {
        self.passkeys.values().find(|passkey| passkey.credential_id == *credential)
    }

    fn has_password(&self, user: UserId) -> bool {
        self.users.get(&user).is_some_and(|stored| stored.password_hash.is_some())
    }

    /// Whether the passkey is this user's, and the new counter and backup state may follow the stored ones.
    fn counts(&self, by: PasskeyUse, user: UserId) -> bool {
        let passkey = self.passkeys.get(&by.id).filter(|passkey| passkey.user_id == user);
        passkey.is_some_and(|passkey| by.counts_after(passkey.counter) && passkey.backup.may_become(by.backup))
    }

    fn use_passkey(&mut self, PasskeyUse { id, counter, backup, at }: PasskeyUse) {
        if let Some(passkey) = self.passkeys.get_mut(&id) {
            (passkey.counter, passkey.backup, passkey.last_used_at) = (counter, backup, Some(at));
        }
    }
}

impl PasskeyRepository for MemoryStore {
    async fn keep_user_handle(&self, user: UserId, drawn: UserHandle) -> Result<Option<UserHandle>, StoreError> {
        let mut tables = self.tables();
        if !tables.users.contains_key(&user) {
            return Ok(None);
        }
        Ok(Some(*tables.handles.entry(user).or_insert(drawn)))
    }

    async fn user_handle(&self, user: UserId) -> Result<Option<UserHandle>, StoreError> {
        Ok(self.tables().handles.get(&user).copied())
    }

    async fn passkeys_of(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        Ok(self.tables().passkeys_of(user))
    }

    async fn find_passkey(&self, credential: &CredentialId) -> Result<Option<FoundPasskey>, StoreError> {
        let tables = self.tables();
        let Some(passkey) = tables.find_passkey(credential).cloned() else { return Ok(None) };
        let stored = tables.users.get(&passkey.user_id).cloned();
        let handle = tables.handles.get(&passkey.user_id).copied();
        let found = stored.zip(handle).map(|(stored, handle)| FoundPasskey { passkey, stored, handle });
        found.map(Some).ok_or_else(|| StoreError::broken("a passkey of a user without a handle"))
    }

    async fn answer_challenge(
        &self,
        challenge: &ChallengeHash,
        ends_at: Timestamp,
    ) -> Result<ChallengeAnswer, StoreError> {
        let mut tables = self.tables();
        if tables.answered.contains_key(challenge) {
            return Ok(ChallengeAnswer::Again);
        }
        tables.answered.insert(*challenge, ends_at);
        Ok(ChallengeAnswer::First)
    }

    async fn add_passkey(&self, new: &NewPasskey, activity: &Activity) -> Result<PasskeyAddition, StoreError> {
        let mut tables = self.tables();
        let user = new.passkey.user_id;
        match tables.check(user, new.session_id, new.credentials_version) {
            FactorChange::SessionEnded => return Ok(PasskeyAddition::SessionEnded),
            FactorChange::Made => {}
            _ => return Ok(PasskeyAddition::CredentialsChanged),
        }
        if tables.passkeys_of(user).len() >= Passkey::MOST {
            return Ok(PasskeyAddition::TooMany);
        }
        if tables.find_passkey(&new.passkey.credential_id).is_some() {
            return Ok(PasskeyAddition::AlreadyAdded);
        }
        if new.used.is_some_and(|used| tables.use_factor(user, used) == FactorChange::AlreadyUsed) {
            return Ok(PasskeyAddition::AlreadyUsed);
        }
        tables.passkeys.insert(new.passkey.id, new.passkey.clone());
        if !new.recovery_codes.is_empty() {
            tables.factors.entry(user).or_default().recovery_codes.clone_from(&new.recovery_codes);
        }
        let second_factors = tables.second_factors_of(user).with(AuthenticationMethod::Passkey);
        tables.set_second_factors(user, second_factors);
        tables.set_token(new.session_id, new.token, activity.at);
        if let Some(stored) = tables.sessions.get_mut(&new.session_id) {
            stored.session.authentication = new.authentication;
        }
        tables.record(activity);
        Ok(PasskeyAddition::Added)
    }

    async fn rename_passkey(
        &self,
        user: UserId,
        id: PasskeyId,
        name: &PasskeyName,
        activity: &Activity,
    ) -> Result<PasskeyRenaming, StoreError> {
        let mut tables = self.tables();
        let passkey = tables.passkeys.get_mut(&id).filter(|passkey| passkey.user_id == user);
        let Some(passkey) = passkey else { return Ok(PasskeyRenaming::NotFound) };
        passkey.name = Some(name.clone());
        tables.record(activity);
        Ok(PasskeyRenaming::Renamed)
    }

    async fn remove_passkey(
        &self,
        removed: &RemovedPasskey,
        activity: &Activity,
    ) -> Result<PasskeyRemoval, StoreError> {
        let mut tables = self.tables();
        let RemovedPasskey { user_id, id, used, session_id, token } = *removed;
        if !tables.has_session(user_id, session_id) {
            return Ok(PasskeyRemoval::SessionEnded);
        }
        let passkeys = tables.passkeys_of(user_id);
        if passkeys.iter().all(|passkey| passkey.id != id) {
            return Ok(PasskeyRemoval::NotFound);
        }
        let is_last = passkeys.len() == 1;
        if is_last && !tables.has_password(user_id) {
            return Ok(PasskeyRemoval::LastWayIn);
        }
        if used.is_some_and(|used| tables.use_factor(user_id, used) == FactorChange::AlreadyUsed) {
            return Ok(PasskeyRemoval::AlreadyUsed);
        }
        tables.passkeys.remove(&id);
        let second_factors = tables.second_factors_of(user_id);
        let left = if is_last { second_factors.without(AuthenticationMethod::Passkey) } else { second_factors };
        tables.set_second_factors(user_id, left);
        tables.end_sessions(user_id, |stored| stored.session.id != session_id);
        tables.set_token(session_id, token, activity.at);
        tables.record(activity);
        Ok(PasskeyRemoval::Removed)
    }

    async fn start_by_passkey(&self, start: &StartByPasskey, activity: &Activity) -> Result<(), StartByPasskeyError> {
        let mut tables = self.tables();
        let StartByPasskey { used, ref log_in, ref new } = *start;
        let user = new.session.user_id;
        if log_in.is_some_and(|log_in| !tables.is_open(&log_in, user, activity.at)) {
            return Err(StartByPasskeyError::Ended);
        }
        if !tables.counts(used, user) {
            return Err(StartByPasskeyError::Refused);
        }
        tables.start(new, activity).map_err(|error| match error {
            StartSessionError::NotAllowed => StartByPasskeyError::NotAllowed,
            StartSessionError::Overtaken => StartByPasskeyError::Overtaken,
            StartSessionError::Store(error) => StartByPasskeyError::Store(error),
        })?;
        tables.use_passkey(used);
        if let Some(log_in) = log_in {
            tables.mark_finished(log_in, activity.at);
        }
        Ok(())
    }

    async fn reauthenticate_by_passkey(
        &self,
        by: &ReauthenticationByPasskey,
    ) -> Result<PasskeyReauthentication, StoreError> {
        let mut tables = self.tables();
        let ReauthenticationByPasskey { user_id, used, session_id, authentication, token } = *by;
        if !tables.has_session(user_id, session_id) {
            return Ok(PasskeyReauthentication::SessionEnded);
        }
        if !tables.counts(used, user_id) {
            return Ok(PasskeyReauthentication::Refused);
        }
        tables.use_passkey(used);
        tables.set_token(session_id, token, authentication.at);
        if let Some(stored) = tables.sessions.get_mut(&session_id) {
            stored.session.authentication = authentication;
        }
        Ok(PasskeyReauthentication::Renewed)
    }

    async fn remove_password(
        &self,
        removed: &RemovedPassword,
        activity: &Activity,
    ) -> Result<PasswordRemoval, StoreError> {
        let mut tables = self.tables();
        let RemovedPassword { user_id, credentials_version, used, session_id, token } = *removed;
        match tables.check(user_id, session_id, credentials_version) {
            FactorChange::SessionEnded => return Ok(PasswordRemoval::SessionEnded),
            FactorChange::Made => {}
            _ => return Ok(PasswordRemoval::CredentialsChanged),
        }
        if !tables.has_password(user_id) {
            return Ok(PasswordRemoval::NoneSet);
        }
        let codes = tables.factors_of(user_id).recovery_codes.len();
        let codes_left = codes.saturating_sub(usize::from(matches!(used, Some(FactorUse::RecoveryCode(_)))));
        if tables.passkeys_of(user_id).len() + usize::from(codes_left > 0) < 2 {
            return Ok(PasswordRemoval::LastWayIn);
        }
        if used.is_some_and(|used| tables.use_factor(user_id, used) == FactorChange::AlreadyUsed) {
            return Ok(PasswordRemoval::AlreadyUsed);
        }
        if let Some(stored) = tables.users.get_mut(&user_id) {
            (stored.password_hash, stored.credentials_version) = (None, credentials_version + 1);
        }
        let ended: Vec<_> =
            LinkPurpose::ALL.iter().copied().filter(|purpose| purpose.ends_with_credentials()).collect();
        tables.end_links(user_id, &ended);
        tables.forget_log_ins(user_id);
        tables.end_sessions(user_id, |stored| stored.session.id != session_id);
        tables.set_token(session_id, token, activity.at);
        tables.record(activity);
        Ok(PasswordRemoval::Removed)
    }

    async fn another_rp_id(&self, rp_id: &str) -> Result<Option<String>, StoreError> {
        let tables = self.tables();
        Ok(tables.passkeys.values().map(|passkey| &passkey.rp_id).find(|other| *other != rp_id).cloned())
    }

    async fn delete_challenges(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let mut budget = Budget(most);
        self.tables().answered.retain(|_, ends_at| *ends_at > now || !budget.spend());
        Ok(most - budget.0)
    }
}
