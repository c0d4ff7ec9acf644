//! The use cases over a real database, held against the model of `doorward_domain::testing`.

use doorward_domain::testing::{self, Step};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;

use crate::sqlite;

#[test]
fn a_cookie_opens_exactly_what_the_model_says() {
    let runtime = Runtime::new().unwrap();
    let drawn = proptest::collection::vec(any::<[u8; 4]>(), 0..40);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(32));
    let result = runner.run(&drawn, |drawn| {
        let steps: Vec<_> = drawn.into_iter().map(Step::from).collect();
        runtime.block_on(async {
            let store = sqlite::fresh().await;
            testing::a_cookie_opens_exactly_what_the_model_says((*store).clone(), &steps).await;
        });
        Ok(())
    });
    result.unwrap();
}
