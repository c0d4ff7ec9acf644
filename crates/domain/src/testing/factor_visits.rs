//! Random log-ins with second factors, whose outcome a model predicts. It shares nothing with the service: times are steps of 30
//! seconds, and its state is a few values.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{ManualClock, SeededEntropy, cheap_hasher};
use crate::accounts::{
    AuthService, ChangeFactorError, Credentials, FinishLogIn, LogIn, LogInStep, SecondStepError, SetUpTotp,
    SetUpTotpError, Trust, Visit,
};
use crate::client::Client;
use crate::clock::Clock as _;
use crate::known_device::DeviceTokens;
use crate::password::PasswordPolicy;
use crate::repository::{SecondFactorRemoval, SecondFactorRepository, Store};
use crate::rules::Rules;
use crate::second_factor::{PendingLogInToken, SealingKeys, SecondFactorRules, TotpSecret, TotpStep};

/// A device is trusted for a day, in steps.
const TRUST: u64 = 2 * 60 * 24;
/// A log-in waits for five minutes, in steps.
const WAITS: u64 = 10;
const TRIES: u32 = 5;
const CODES: usize = 10;

const ADA: Credentials<'static> = Credentials { username: "ada", password: "seven quiet lanterns" };

/// One event. It is made of two bytes, so that any property test can generate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorStep {
    /// A visitor with the right password begins a log-in, on the device or on another one.
    Begin(Where),
    /// The visitor who began the last log-in types this code, and wishes the device to be trusted, or not.
    Finish(Code, Trust),
    /// The logged-in user sets up an app: the first, or another one by this code.
    SetUp(Code),
    /// The logged-in user turns the app off by this code.
    TurnOff(Code),
    /// The logged-in user saves new recovery codes.
    SaveCodes,
    /// An operator removes the second factor.
    Remove,
    /// This number of steps of 30 seconds pass.
    Wait(u64),
}

/// The device of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// The device that may be trusted.
    OnDevice,
    /// Another device each time.
    Elsewhere,
}

/// A code that a visitor types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The app's code, at this number of steps from now.
    OfApp(i64),
    /// The present recovery code with this number.
    Recovery(usize),
    /// A code that belongs to no user.
    Wrong,
}

impl From<[u8; 2]> for FactorStep {
    fn from([what, which]: [u8; 2]) -> Self {
        let code = match which % 8 {
            0..=2 => Code::OfApp(0),
            3 => Code::OfApp(1),
            4 => Code::OfApp(-2),
            5 | 6 => Code::Recovery(usize::from(which / 8) % 4),
            _ => Code::Wrong,
        };
        match what % 12 {
            0..=2 => Self::Begin(if which % 2 == 0 { Where::OnDevice } else { Where::Elsewhere }),
            3..=6 => Self::Finish(code, if what % 2 == 0 { Trust::Wished } else { Trust::NotWished }),
            7 => Self::SetUp(code),
            8 if which % 3 == 0 => Self::TurnOff(code),
            8 => Self::Wait(TRUST),
            9 => Self::SaveCodes,
            10 if which % 8 == 0 => Self::Remove,
            _ => Self::Wait([1, 1, 2, WAITS - 1, WAITS].get(usize::from(which) % 5).copied().unwrap_or(1)),
        }
    }
}

/// Takes the steps with an empty store. Each has the outcome that the model predicts.
///
/// # Panics
/// When an outcome differs from the model.
pub async fn a_second_factor_is_asked_for_exactly_when_the_model_says<S: Store + SecondFactorRepository>(
    store: S,
    steps: &[FactorStep],
) {
    let mut world = World::new(store).await;
    for step in steps {
        world.take(*step).await;
    }
}

/// A second, minimal description of the state.
#[derive(Debug, Default)]
struct Model {
    now: u64,
    /// The step of the last code that counted, if an app is set up.
    last_step: Option<i64>,
    /// The numbers of the recovery codes that are left.
    codes: BTreeSet<usize>,
    trusted_until: Option<u64>,
    /// When the last pending log-in began, and how many codes were tried.
    waiting: Option<(u64, u32)>,
}

impl Model {
    const fn has_factor(&self) -> bool {
        self.last_step.is_some()
    }

    /// Uses the code up, if it counts.
    fn proves(&mut self, code: Code, present: i64) -> bool {
        match code {
            Code::OfApp(off) => {
                let step = present + off;
                let counts = off.abs() <= 1 && self.last_step.is_some_and(|last| step > last);
                if counts {
                    self.last_step = Some(step);
                }
                counts
            }
            Code::Recovery(number) => self.codes.remove(&number),
            Code::Wrong => false,
        }
    }

    /// Ends the trust and the pending log-in, as any change of factors does.
    const fn change(&mut self) {
        self.trusted_until = None;
        self.waiting = None;
    }

    const fn forget(&mut self) {
        self.last_step = None;
        self.change();
    }
}

struct World<S> {
    auth: AuthService<S, ManualClock, SeededEntropy>,
    clock: ManualClock,
    model: Model,
    visit: Visit,
    device: DeviceTokens,
    secret: Option<TotpSecret>,
    codes: Vec<String>,
    pending: Option<(PendingLogInToken, Where)>,
}

impl<S: Store + SecondFactorRepository> World<S> {
    async fn new(store: S) -> Self {
        let clock = ManualClock::default();
        let rules = Rules { throttle: None, recent_log_in: Duration::MAX, ..Rules::new(PasswordPolicy::new(15, "")) };
        let keys = SealingKeys::derive(&[7; SealingKeys::MIN_BYTES], []).expect("a key of that length");
        let trust = Duration::from_secs(30 * TRUST);
        let auth = AuthService::with_ports(store, clock.clone(), SeededEntropy::default())
            .hasher(cheap_hasher())
            .rules(Rules { sessions: rules.kept_sessions, ..rules })
            .second_factor(SecondFactorRules { trust, ..SecondFactorRules::new("Notes", keys) })
            .start()
            .expect("a hasher is given");
        auth.from(&Client::default()).sign_up(ADA).await.expect("a fit user");
        let logged_in = auth.from(&Client::default()).log_in(LogIn::new(ADA)).await.ok().and_then(LogInStep::done);
        let logged_in = logged_in.expect("no second factor is set up");
        let visit = auth.resume(&logged_in.token).await.expect("the session lives");
        let (model, device) = (Model::default(), logged_in.device_tokens);
        Self { auth, clock, model, visit, device, secret: None, codes: Vec::new(), pending: None }
    }

    fn present(&self) -> i64 {
        TotpStep::at(self.clock.now()).number()
    }

    fn typed(&self, code: Code) -> String {
        match (code, &self.secret) {
            (Code::OfApp(off), Some(secret)) => secret.code(TotpStep::from_number(self.present() + off)),
            (Code::Recovery(number), _) => self.codes.get(number).cloned().unwrap_or_default(),
            (Code::OfApp(_) | Code::Wrong, _) => "no code".to_owned(),
        }
    }

    async fn take(&mut self, step: FactorStep) {
        match step {
            FactorStep::Begin(place) => self.begin(place).await,
            FactorStep::Finish(code, trust) => self.finish(code, trust).await,
            FactorStep::SetUp(code) => self.set_up(code).await,
            FactorStep::TurnOff(code) => self.turn_off(code).await,
            FactorStep::SaveCodes => self.save_codes().await,
            FactorStep::Remove => self.remove().await,
            FactorStep::Wait(steps) => {
                self.clock.advance(Duration::from_secs(30 * steps));
                self.model.now += steps;
            }
        }
    }

    async fn begin(&mut self, place: Where) {
        let nothing = DeviceTokens::default();
        let device = if place == Where::OnDevice { &self.device } else { &nothing };
        let here = Client::default();
        let step = self.auth.from(&here).log_in(LogIn::new(ADA).by_device(device)).await;
        let is_trusted =
            place == Where::OnDevice && self.model.trusted_until.is_some_and(|until| self.model.now < until);
        match step.expect("the password is right") {
            LogInStep::Done(logged_in) => {
                assert!(!self.model.has_factor() || is_trusted, "{:?}", self.model);
                self.keep_device(place, logged_in.device_tokens);
            }
            LogInStep::SecondFactor(proved) => {
                assert!(self.model.has_factor() && !is_trusted, "{:?}", self.model);
                let begun = self.auth.from(&here).begin_second_step(&proved, None).await.expect("the store writes");
                let token = begun.waits().expect("no browser has a name");
                self.pending = Some((token, place));
                self.model.waiting = Some((self.model.now, 0));
            }
            other => panic!("{other:?}"),
        }
    }

    async fn finish(&mut self, code: Code, trust: Trust) {
        let Some((token, place)) = self.pending.clone() else { return };
        let (typed, here, nothing) = (self.typed(code), Client::default(), DeviceTokens::default());
        let device = if place == Where::OnDevice { &self.device } else { &nothing };
        let finish = FinishLogIn::new(&token, &typed).by_device(device).trusting(trust);
        let finished = self.auth.from(&here).finish_log_in(finish).await;
        let is_open = self.model.waiting.is_some_and(|(since, tries)| self.model.now < since + WAITS && tries < TRIES);
        if !is_open {
            // If the log-in has just finished, the form counts as one that was sent twice.
            let is_over = matches!(finished, Err(SecondStepError::Expired) | Ok(LogInStep::Overtaken));
            assert!(is_over, "{finished:?} of {:?}", self.model);
            return;
        }
        let present = self.present();
        let tries = self.model.waiting.map_or(0, |(_, tries)| tries + 1);
        if self.model.proves(code, present) {
            let Ok(LogInStep::Done(logged_in)) = finished else { panic!("{finished:?} of {:?}", self.model) };
            self.keep_device(place, logged_in.device_tokens);
            self.model.waiting = None;
            if (place, trust) == (Where::OnDevice, Trust::Wished) {
                self.model.trusted_until = Some(self.model.now + TRUST);
            }
            return;
        }
        self.model.waiting = self.model.waiting.map(|(since, _)| (since, tries));
        let is_last = tries == TRIES;
        match finished {
            Err(SecondStepError::Wrong) => assert!(!is_last),
            Err(SecondStepError::Ended) => assert!(is_last),
            other => panic!("{other:?} of {:?}", self.model),
        }
    }

    /// A device without a log-in for a long time has new secrets.
    fn keep_device(&mut self, place: Where, tokens: DeviceTokens) {
        if place == Where::OnDevice {
            self.device = tokens;
        }
    }

    async fn set_up(&mut self, code: Code) {
        let secret = self.auth.draw_totp_secret().expect("seeded entropy never fails");
        let (present, current) = (self.present(), self.typed(code));
        let first = secret.code(TotpStep::from_number(present));
        let set_up = SetUpTotp::new(&secret, &first).replacing(&current);
        let done = self.auth.from(&Client::default()).set_up_totp(&self.visit, set_up).await;
        let is_first = !self.model.has_factor();
        if !is_first && !self.model.proves(code, present) {
            assert!(matches!(done, Err(SetUpTotpError::CurrentWrong)), "{done:?}");
            return;
        }
        let done = done.expect("the code is right");
        assert_eq!(done.recovery_codes.is_some(), is_first);
        if let Some(codes) = &done.recovery_codes {
            self.keep_codes(codes.iter().map(crate::second_factor::RecoveryCode::expose_secret).collect());
        }
        self.model.change();
        self.model.last_step = Some(present);
        self.secret = Some(secret);
        self.visit = self.auth.resume(&done.token).await.expect("the session goes on");
    }

    async fn turn_off(&mut self, code: Code) {
        let (present, typed) = (self.present(), self.typed(code));
        let done = self.auth.from(&Client::default()).turn_off_second_factor(&self.visit, &typed).await;
        if !self.model.has_factor() {
            assert!(matches!(done, Err(ChangeFactorError::NotSetUp)), "{done:?}");
        } else if self.model.proves(code, present) {
            self.visit = self.auth.resume(&done.expect("it is off")).await.expect("the session goes on");
            self.forget();
        } else {
            assert!(matches!(done, Err(ChangeFactorError::Wrong)), "{done:?}");
        }
    }

    async fn save_codes(&mut self) {
        let codes = self.auth.draw_recovery_codes().expect("seeded entropy never fails");
        let done = self.auth.from(&Client::default()).save_recovery_codes(&self.visit, &codes, "").await;
        if self.model.has_factor() {
            done.expect("they are saved");
            self.keep_codes(codes.iter().map(crate::second_factor::RecoveryCode::expose_secret).collect());
        } else {
            assert!(matches!(done, Err(ChangeFactorError::NotSetUp)), "{done:?}");
        }
    }

    async fn remove(&mut self) {
        let removal = self.auth.remove_second_factor(self.visit.user.id).await.expect("the store writes");
        let expected =
            if self.model.has_factor() { SecondFactorRemoval::Removed } else { SecondFactorRemoval::NoneSetUp };
        assert_eq!(removal, expected);
        if removal == SecondFactorRemoval::Removed {
            self.forget();
        }
    }

    fn keep_codes(&mut self, codes: Vec<String>) {
        self.codes = codes;
        self.model.codes = (0..CODES).collect();
    }

    fn forget(&mut self) {
        self.model.forget();
        self.model.codes.clear();
        self.secret = None;
        self.codes.clear();
    }
}
