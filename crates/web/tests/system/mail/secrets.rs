//! The secrets of mails are written nowhere.

use doorward_mail::testing::Behaviour;
use reqwest::StatusCode;

use super::{ADA, MailSite, led_to, link_of};
use crate::program::{OTHER_PASSWORD, PASSWORD, session_of, until_it_logs};

const OTHER: &str = "grace@example.org";

/// Mails of every kind with a link, each of which is opened and used; and one that the relay quotes in its refusal.
async fn everything_that_is_done_by_links(site: &mut MailSite) {
    site.sign_up_verified("ada", ADA).await;
    site.forget(ADA).await;
    let link = link_of(&site.mail().await);
    assert_eq!(site.show(&link).await, StatusCode::OK);
    assert_eq!(led_to(&site.reset(&link, OTHER_PASSWORD).await), "/log_in");
    site.mail().await;
    assert_eq!(site.show(&link).await, StatusCode::GONE);
    let refused = site.log_in(ADA, PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let session = session_of(&site.log_in(ADA, OTHER_PASSWORD).await);
    assert_eq!(led_to(&site.post_as(&session, "/account/email", &[("email", OTHER)]).await), "/account/email");
    let [undo, verify] = site.mails(2).await.try_into().unwrap();
    assert_eq!(led_to(&site.follow(&link_of(&verify)).await), "/log_in");
    site.mail().await;
    let answer = site.follow(&link_of(&undo)).await;
    assert_eq!(site.show(&site.url(led_to(&answer))).await, StatusCode::OK);
    site.relay.behave(Behaviour::Rejects { code: 550 });
    site.forget("ada").await;
    until_it_logs(site.folder.path(), "a mail was dropped").await;
}

/// The level is `trace`, both when a secret is made and when it is sent back.
#[tokio::test]
async fn no_secret_of_a_mail_is_in_the_log_or_on_the_disk_at_any_level() {
    let mut site = MailSite::open(None, Behaviour::Takes, &[]).await;
    everything_that_is_done_by_links(&mut site).await;
    assert!(site.log().contains("mail sent") && site.log().contains("address put back"));
    site.close().await;
}

#[tokio::test]
async fn no_address_is_in_the_log_of_a_usual_site() {
    let mut site = MailSite::open(None, Behaviour::Takes, &[("RUST_LOG", "info")]).await;
    everything_that_is_done_by_links(&mut site).await;
    let log = site.log();
    assert!(log.contains("mail sent") && log.contains("550"), "{log}");
    assert!(!log.to_lowercase().contains("example.org") && !log.contains("%40"), "{log}");
    site.close().await;
}
