//! Whole steps of a log-in.

use axum::http::StatusCode;

use crate::support::{Service, header_of, set_cookies, text};

#[tokio::test]
async fn a_log_in_leads_to_where_the_visitor_wanted_to_go_and_nowhere_else() {
    let service = Service::with_ada().await;
    for (next, leads_to) in [("/page", "/page"), ("//evil.example", "/"), ("", "/")] {
        let answer = service.form("/log_in", &format!("username=ada&password=seven+quiet+lanterns&next={next}")).await;
        assert_eq!((answer.status(), header_of(&answer, "location")), (StatusCode::SEE_OTHER, leads_to));
    }
}

#[tokio::test]
async fn a_refused_log_in_says_one_thing_and_sets_nothing() {
    let service = Service::with_ada().await;
    let mut told = Vec::new();
    for typed in ["username=ada&password=wrong", "username=nobody&password=seven+quiet+lanterns", "", "username=no+way"]
    {
        let answer = service.form("/log_in", typed).await;
        assert_eq!((answer.status(), set_cookies(&answer)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
        told.push(text(answer).await);
    }
    assert_eq!(told[0], "username or password are incorrect");
    assert!(told.iter().all(|text| *text == told[0]));
}

#[tokio::test]
async fn a_sign_up_leads_to_the_log_in_and_back_to_the_page() {
    let service = Service::new();
    let answer = service.form("/sign_up", "username=ada&password=seven+quiet+lanterns&next=/page").await;
    assert_eq!(header_of(&answer, "location"), "/log_in?next=/page");
    let taken = service.form("/sign_up", "username=ADA&password=seven+quiet+lanterns").await;
    assert_eq!(taken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(text(taken).await, "that username is already taken");
}
