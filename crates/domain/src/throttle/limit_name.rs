/// Which of the [`ThrottleRules`](super::ThrottleRules) made an attempt wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LimitName {
    /// [`pair`](super::ThrottleRules::pair).
    Pair,
    /// [`name`](super::ThrottleRules::name).
    Name,
    /// [`newcomers`](super::ThrottleRules::newcomers).
    Newcomers,
    /// [`log_ins`](super::ThrottleRules::log_ins).
    LogIns,
    /// [`failures`](super::ThrottleRules::failures).
    Failures,
    /// [`network`](super::ThrottleRules::network).
    Network,
    /// [`account`](super::ThrottleRules::account).
    Account,
    /// [`sign_ups`](super::ThrottleRules::sign_ups).
    SignUps,
    /// [`new_passwords`](super::ThrottleRules::new_passwords).
    NewPasswords,
    /// [`mails_to_address`](super::ThrottleRules::mails_to_address).
    MailsToAddress,
    /// [`mails_from_network`](super::ThrottleRules::mails_from_network).
    MailsFromNetwork,
    /// [`second_step`](super::ThrottleRules::second_step).
    SecondStep,
    /// One of the service's own.
    Other,
}

impl LimitName {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::Pair,
        Self::Name,
        Self::Newcomers,
        Self::LogIns,
        Self::Failures,
        Self::Network,
        Self::Account,
        Self::SignUps,
        Self::NewPasswords,
        Self::MailsToAddress,
        Self::MailsFromNetwork,
        Self::SecondStep,
        Self::Other,
    ];

    /// A stable name: that of the rule.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Name => "name",
            Self::Newcomers => "newcomers",
            Self::LogIns => "log_ins",
            Self::Failures => "failures",
            Self::Network => "network",
            Self::Account => "account",
            Self::SignUps => "sign_ups",
            Self::NewPasswords => "new_passwords",
            Self::MailsToAddress => "mails_to_address",
            Self::MailsFromNetwork => "mails_from_network",
            Self::SecondStep => "second_step",
            Self::Other => "other",
        }
    }
}
