use rocket::http::Status;

use crate::support::{PASSWORD, plan, site};

#[tokio::test]
async fn a_database_that_is_gone_is_a_503_that_says_when_to_try_again() {
    let site = site().await;
    site.arrive("ada").await;
    site.store.clone().disconnect().await;
    let answers = [
        site.get("/").await,
        site.get("/account").await,
        site.get("/log_out").await,
        site.post("/log_out", "_method=delete").await,
        site.try_log_in("ada", PASSWORD).await,
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.header("retry-after")), (Status::ServiceUnavailable, Some("5")));
        assert!(answer.title().contains("Doorward"));
        assert!(answer.all("set-cookie").next().is_none(), "nobody is logged in or out by accident");
        for secret in ["sqlx", "pool", "closed", "sqlite"] {
            assert!(!answer.body.to_lowercase().contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn readiness_follows_the_database_and_life_does_not() {
    let site = site().await;
    assert_eq!(site.get("/health/ready").await.status, Status::Ok);
    site.execute("INSERT INTO seaql_migrations VALUES ('m29991231_000001_fly', 0)").await;
    assert_eq!(site.get("/health/ready").await.status, Status::Ok, "another instance is being upgraded");
    site.execute("DELETE FROM seaql_migrations WHERE version LIKE '%fly'").await;
    site.execute("DELETE FROM seaql_migrations WHERE version LIKE '%accounts'").await;
    assert_eq!(site.get("/health/ready").await.status, Status::ServiceUnavailable);
    site.store.clone().disconnect().await;
    let unready = site.get("/health/ready").await;
    assert_eq!((unready.status, unready.body.as_str()), (Status::ServiceUnavailable, "not ready\n"));
    assert_eq!(site.get("/health/live").await.status, Status::Ok);
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_a_500_with_a_request_id_and_no_cause() {
    let site = site().await;
    site.arrive("ada").await;
    site.execute("UPDATE users SET standing = 'marker'").await;
    let page = site.get("/account").await;
    assert_eq!(page.status, Status::InternalServerError);
    assert!(!page.body.contains("marker") && !page.body.contains("standing"));
    let digits: String = page.text().chars().map(|c| if c.is_ascii_hexdigit() { c } else { ' ' }).collect();
    assert!(digits.split(' ').any(|word| word.len() == 16), "{}", page.text());
}

#[rocket::get("/panics")]
#[expect(clippy::panic, reason = "it is there to panic")]
fn panics() -> &'static str {
    panic!("marker of a panic")
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_own_request_and_no_other() {
    let site = plan().with_routes(rocket::routes![panics]).open().await;
    let page = site.get("/panics").await;
    assert_eq!(page.status, Status::InternalServerError);
    assert!(page.title().contains("Doorward") && !page.body.contains("marker"), "{}", page.body);
    assert_eq!(site.get("/log_in").await.status, Status::Ok);
}

#[tokio::test]
async fn an_overloaded_hashing_pool_is_a_503_and_other_pages_are_served() {
    let site = plan().overloaded().open().await;
    let answer = site.try_log_in("ada", PASSWORD).await;
    assert_eq!((answer.status, answer.header("retry-after")), (Status::ServiceUnavailable, Some("5")));
    let answer = site.post("/sign_up", &crate::support::form("ada", PASSWORD)).await;
    assert_eq!(answer.status, Status::ServiceUnavailable);
    assert_eq!(site.get("/log_in").await.status, Status::Ok);
}
