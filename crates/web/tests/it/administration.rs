//! Changes of an account by the operator, as its user sees them.

use rocket::http::Status;

use crate::support::{PASSWORD, site};

#[tokio::test]
async fn a_change_by_the_operator_works_at_the_next_request_and_is_listed_as_the_operators() {
    let site = site().await;
    site.arrive("Ada").await;
    let ada = site.auth().find_user("ada").await.unwrap().unwrap();

    site.auth().rename_user(ada.id, "Augusta").await.unwrap();
    assert!(site.get("/account").await.text().contains("Augusta"));

    assert_eq!(site.auth().end_all_sessions(ada.id).await.unwrap(), 1);
    assert!(!site.is_logged_in().await);
    assert_eq!(site.try_log_in("augusta", PASSWORD).await.location(), Some("/"));

    site.auth().close_account(ada.id).await.unwrap();
    assert!(!site.is_logged_in().await);
    assert_eq!(site.try_log_in("augusta", PASSWORD).await.status, Status::UnprocessableEntity);
    site.auth().reopen_account(ada.id).await.unwrap();
    site.auth().forgive_waits(&ada).await.unwrap();
    assert_eq!(site.try_log_in("augusta", PASSWORD).await.location(), Some("/"));

    let told = site.get("/account/activity").await.text();
    for deed in
        ["Username changed", "All devices were logged out", "Account closed", "Account reopened", "Waits after failed"]
    {
        assert!(told.contains(deed), "{deed}: {told}");
    }
    assert_eq!(told.matches("By the operator of this site").count(), 5, "{told}");
}
