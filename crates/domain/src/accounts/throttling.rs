use super::{Failed, Scope};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::password::{Password, PasswordHash, Verdict};
use crate::repository::{ActivityRepository, Admission, Settlement, ThrottleRepository};
use crate::throttle::{AfterSuccess, Counter, CounterKey, LimitName, ThrottleRules, Throttled, Way};
use crate::user::UserId;

/// The counters that an attempt was counted on; none if nothing is throttled.
#[derive(Debug, Default)]
pub(super) struct Attempt(Vec<Counter>);

impl Attempt {
    /// How its counters are settled if it succeeds.
    pub(super) fn forgiven(&self) -> Settlement {
        let those = |after| self.0.iter().filter(move |counter| counter.after_success == after);
        Settlement {
            taken_back: those(AfterSuccess::TakenBack).copied().collect(),
            forgotten: those(AfterSuccess::Forgotten).map(|counter| counter.key).collect(),
        }
    }
}

impl<S: ActivityRepository + ThrottleRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Counts an attempt, before any of its work is done, on the first of its ways that is open.
    pub(super) async fn count_attempt(
        &self,
        ways: impl FnOnce(&ThrottleRules) -> Vec<Way>,
        user: Option<UserId>,
    ) -> Result<Attempt, TurnedAway> {
        self.count_or_note(ways, user, Event::Throttled).await
    }

    /// The same for a code that is typed after the password of this account.
    #[cfg(feature = "second-factor")]
    pub(super) async fn count_code(&self, user: UserId) -> Result<Attempt, TurnedAway> {
        let ways = |throttle: &ThrottleRules| vec![throttle.for_second_step(user)];
        self.count_or_note(ways, Some(user), Event::SecondStepThrottled).await
    }

    /// Counts an attempt; if it is turned away, records the event `turned_away`, once in a while.
    async fn count_or_note(
        &self,
        ways: impl FnOnce(&ThrottleRules) -> Vec<Way>,
        user: Option<UserId>,
        turned_away: Event,
    ) -> Result<Attempt, TurnedAway> {
        let Some(throttle) = &self.rules.throttle else { return Ok(Attempt::default()) };
        let now = self.clock.now();
        let mut soonest = None;
        for way in ways(throttle) {
            match self.store.count_attempt(&way, now).await.map_err(Failed::from)? {
                Admission::Counted => return Ok(Attempt(way)),
                Admission::WaitUntil { free_at, counter } => {
                    let limit = way.iter().find(|counted| counted.key == counter);
                    let wait = (free_at, counter, limit.map_or(LimitName::Other, |counted| counted.limit_name));
                    soonest = Some(soonest.map_or(wait, |soonest| wait.min(soonest)));
                }
            }
        }
        let Some((free_at, counter, limit)) = soonest else { return Ok(Attempt::default()) };
        self.give_notice(counter, user, turned_away).await;
        Err(TurnedAway::Throttled(Throttled::for_wait(free_at.since(now), limit)))
    }

    /// Verifies a password for an attempt that was counted; without a verdict, the attempt does not count.
    pub(super) async fn verify(
        &self,
        attempt: &Attempt,
        password: Option<&Password>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, Failed> {
        match self.hasher.verify(password, hash).await {
            Ok(verdict) => Ok(verdict),
            Err(error) => {
                self.take_back(attempt).await;
                Err(error.into())
            }
        }
    }

    /// Takes back an attempt that was not made after all.
    pub(super) async fn take_back(&self, Attempt(counters): &Attempt) {
        self.settle(&Settlement { taken_back: counters.clone(), forgotten: Vec::new() }).await;
    }

    /// Settles an attempt that succeeded.
    pub(super) async fn forgive(&self, attempt: &Attempt) {
        self.settle(&attempt.forgiven()).await;
    }

    /// If this fails, a later attempt waits longer than necessary.
    async fn settle(&self, settlement: &Settlement) {
        if settlement.is_empty() {
            return;
        }
        if let Err(error) = self.store.settle_attempt(settlement, self.clock.now()).await {
            tracing::warn!(%error, "an attempt counts as a failed one, and did not fail");
        }
    }

    /// Records that attempts are turned away: once in a while for each counter, regardless of their number.
    async fn give_notice(&self, counter: CounterKey, user: Option<UserId>, event: Event) {
        let now = self.clock.now();
        let admission = self.store.count_attempt(&[Counter::of_notices(counter)], now).await;
        if !matches!(admission, Ok(Admission::Counted)) {
            return;
        }
        tracing::warn!(
            user.id = user.map(tracing::field::display), client.network = %self.client.network(), "attempts are throttled"
        );
        self.record_failed_attempt(user, event).await;
    }
}

/// Why an attempt was not counted.
pub(super) enum TurnedAway {
    Throttled(Throttled),
    Failed(Failed),
}

impl From<Failed> for TurnedAway {
    fn from(error: Failed) -> Self {
        Self::Failed(error)
    }
}

/// Lets `?` turn an attempt that was turned away into the error of a use case.
macro_rules! may_be_throttled {
    ($error:ident) => {
        impl From<$crate::accounts::throttling::TurnedAway> for $error {
            fn from(turned_away: $crate::accounts::throttling::TurnedAway) -> Self {
                match turned_away {
                    $crate::accounts::throttling::TurnedAway::Throttled(throttled) => Self::Throttled(throttled),
                    $crate::accounts::throttling::TurnedAway::Failed(error) => Self::Failed(error),
                }
            }
        }
    };
}
pub(super) use may_be_throttled;

#[cfg(test)]
mod tests;
