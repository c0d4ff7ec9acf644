/// What a visitor does, one for each use case that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A sign-up, with an invitation or without.
    SignUp,
    /// A log-in by a password; done means that the password was right.
    LogIn,
    /// A log-in by a passkey alone.
    LogInByPasskey,
    /// A log-in that has to wait for a second factor.
    BeginSecondStep,
    /// A code as the second step of a log-in.
    FinishLogIn,
    /// A passkey as the second step of a log-in.
    FinishByPasskey,
    /// A log-out.
    LogOut,
    /// A password to reauthenticate.
    Reauthenticate,
    /// A passkey to reauthenticate.
    ReauthenticateByPasskey,
    /// One session ended from another.
    EndSession,
    /// All other sessions ended.
    EndOtherSessions,
    /// A known device forgotten.
    ForgetDevice,
    /// A link to set a password asked for.
    RequestReset,
    /// A password set by a link.
    ResetPassword,
    /// A password changed.
    ChangePassword,
    /// A password removed.
    RemovePassword,
    /// A username changed.
    ChangeUsername,
    /// An account deleted by its user.
    DeleteAccount,
    /// An address given.
    GiveEmail,
    /// An address verified by a link.
    VerifyEmail,
    /// An address rejected by a link.
    RejectEmail,
    /// An address put back by a link.
    UndoEmail,
    /// Another link to verify an address asked for.
    ResendVerification,
    /// An authenticator app set up.
    SetUpTotp,
    /// An authenticator app turned off.
    TurnOffSecondFactor,
    /// New recovery codes.
    SaveRecoveryCodes,
    /// A challenge for a new passkey.
    BeginPasskey,
    /// A passkey added.
    AddPasskey,
    /// A passkey renamed.
    RenamePasskey,
    /// A passkey removed.
    RemovePasskey,
}

impl Action {
    /// Every one.
    pub(crate) const ALL: [Self; 30] = [
        Self::SignUp,
        Self::LogIn,
        Self::LogInByPasskey,
        Self::BeginSecondStep,
        Self::FinishLogIn,
        Self::FinishByPasskey,
        Self::LogOut,
        Self::Reauthenticate,
        Self::ReauthenticateByPasskey,
        Self::EndSession,
        Self::EndOtherSessions,
        Self::ForgetDevice,
        Self::RequestReset,
        Self::ResetPassword,
        Self::ChangePassword,
        Self::RemovePassword,
        Self::ChangeUsername,
        Self::DeleteAccount,
        Self::GiveEmail,
        Self::VerifyEmail,
        Self::RejectEmail,
        Self::UndoEmail,
        Self::ResendVerification,
        Self::SetUpTotp,
        Self::TurnOffSecondFactor,
        Self::SaveRecoveryCodes,
        Self::BeginPasskey,
        Self::AddPasskey,
        Self::RenamePasskey,
        Self::RemovePasskey,
    ];

    /// The value of the label.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::LogIn => "log_in",
            Self::LogInByPasskey => "log_in_by_passkey",
            Self::BeginSecondStep => "begin_second_step",
            Self::FinishLogIn => "finish_log_in",
            Self::FinishByPasskey => "finish_by_passkey",
            Self::LogOut => "log_out",
            Self::Reauthenticate => "reauthenticate",
            Self::ReauthenticateByPasskey => "reauthenticate_by_passkey",
            Self::EndSession => "end_session",
            Self::EndOtherSessions => "end_other_sessions",
            Self::ForgetDevice => "forget_device",
            Self::RequestReset => "request_reset",
            Self::ResetPassword => "reset_password",
            Self::ChangePassword => "change_password",
            Self::RemovePassword => "remove_password",
            Self::ChangeUsername => "change_username",
            Self::DeleteAccount => "delete_account",
            Self::GiveEmail => "give_email",
            Self::VerifyEmail => "verify_email",
            Self::RejectEmail => "reject_email",
            Self::UndoEmail => "undo_email",
            Self::ResendVerification => "resend_verification",
            Self::SetUpTotp => "set_up_totp",
            Self::TurnOffSecondFactor => "turn_off_second_factor",
            Self::SaveRecoveryCodes => "save_recovery_codes",
            Self::BeginPasskey => "begin_passkey",
            Self::AddPasskey => "add_passkey",
            Self::RenamePasskey => "rename_passkey",
            Self::RemovePasskey => "remove_passkey",
        }
    }
}
