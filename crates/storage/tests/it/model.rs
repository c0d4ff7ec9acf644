//! The use cases over real databases, held against the model of `doorward_domain::testing`.

use doorward_domain::Trust;
use doorward_domain::testing::{self, Code, FactorStep, Step, Where};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;

use crate::databases::{Kind, TestDatabase, on_every_database};

fn hold_against_the_model(kind: Kind, cases: u32) {
    let runtime = Runtime::new().unwrap();
    let drawn = proptest::collection::vec(any::<[u8; 4]>().prop_map(Step::from), 0..40);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
    let result = runner.run(&drawn, |steps| {
        runtime.block_on(async {
            let Some(database) = TestDatabase::fresh(kind).await else { return };
            testing::a_cookie_opens_exactly_what_the_model_says((*database).clone(), &steps).await;
        });
        Ok(())
    });
    result.unwrap();
}

#[test]
fn a_cookie_opens_exactly_what_the_model_says_on_sqlite() {
    hold_against_the_model(Kind::Sqlite, 32);
}

#[test]
fn a_cookie_opens_exactly_what_the_model_says_on_postgres() {
    hold_against_the_model(Kind::Postgres, 16);
}

#[test]
fn a_cookie_opens_exactly_what_the_model_says_on_mariadb() {
    hold_against_the_model(Kind::MariaDb, 16);
}

fn hold_second_factors_against_the_model(kind: Kind, cases: u32) {
    let runtime = Runtime::new().unwrap();
    let drawn = proptest::collection::vec(any::<[u8; 2]>().prop_map(FactorStep::from), 0..60);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
    let result = runner.run(&drawn, |steps| {
        runtime.block_on(async {
            let Some(database) = TestDatabase::fresh(kind).await else { return };
            let store = (*database).clone();
            testing::a_second_factor_is_asked_for_exactly_when_the_model_says(store, &steps).await;
        });
        Ok(())
    });
    result.unwrap();
}

#[test]
fn a_second_factor_is_asked_for_exactly_when_the_model_says_on_sqlite() {
    hold_second_factors_against_the_model(Kind::Sqlite, 24);
}

#[test]
fn a_second_factor_is_asked_for_exactly_when_the_model_says_on_postgres() {
    hold_second_factors_against_the_model(Kind::Postgres, 12);
}

#[test]
fn a_second_factor_is_asked_for_exactly_when_the_model_says_on_mariadb() {
    hold_second_factors_against_the_model(Kind::MariaDb, 12);
}

/// Its browser has two keys then, of which the old one is no longer known.
async fn a_device_that_was_not_logged_in_with_for_long_is_trusted_anew(database: TestDatabase) {
    let steps = [
        FactorStep::SetUp(Code::OfApp(0)),
        FactorStep::Wait(2 * 60 * 24),
        FactorStep::Begin(Where::OnDevice),
        FactorStep::Finish(Code::OfApp(0), Trust::Wished),
        FactorStep::Begin(Where::OnDevice),
    ];
    testing::a_second_factor_is_asked_for_exactly_when_the_model_says((*database).clone(), &steps).await;
}

on_every_database!(fresh: a_device_that_was_not_logged_in_with_for_long_is_trusted_anew);
