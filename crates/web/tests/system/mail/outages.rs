//! A relay that does not take mails, for a while: pages go on, and the mails come once it does.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use doorward_mail::testing::{Behaviour, Sink};
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{ADA, MailSite, link_of};
use crate::program::until_it_logs;
use crate::servers::free_port;

const INFO: (&str, &str) = ("RUST_LOG", "info");

/// How soon a page answers in any state of the relay, which gets 30 seconds for a mail.
const AT_ONCE: Duration = Duration::from_secs(10);

/// A mail is tried again after a minute; the rest is a margin for a busy machine.
const RETRY: Duration = Duration::from_secs(100);

const FAILED: &str = "a mail was not handed over";

/// Forwards this port to a relay until the task is dropped; then no server listens there.
async fn lead(port: u16, relay: &Sink) -> JoinSet<()> {
    let (listener, relay) = (TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap(), relay.port());
    let mut task = JoinSet::new();
    task.spawn(async move {
        loop {
            let (mut here, _) = listener.accept().await.unwrap();
            let mut there = TcpStream::connect((Ipv4Addr::LOCALHOST, relay)).await.unwrap();
            let _whoever_hangs_up_ends_it = copy_bidirectional(&mut here, &mut there).await;
        }
    });
    task
}

impl MailSite {
    /// A user forgets a password, and no page is affected by the failure of the mail.
    async fn goes_on_while_a_mail_is_not_taken(&self) {
        self.forget(ADA).await;
        self.answers_at_once().await;
        until_it_logs(self.folder.path(), FAILED).await;
        self.answers_at_once().await;
    }

    async fn answers_at_once(&self) {
        let began = Instant::now();
        self.forget("nobody@example.org").await;
        for page in ["/", "/forgot_password", "/health/ready", "/health/live"] {
            assert_eq!(self.client.get(self.url(page)).send().await.unwrap().status(), StatusCode::OK, "{page}");
        }
        assert!(began.elapsed() < AT_ONCE, "it took {:?}", began.elapsed());
    }

    /// Checks that the log has a warning, without an address.
    fn warns(&self, error: &str) {
        let log = self.log();
        let warning = log.lines().find(|line| line.contains(FAILED)).unwrap();
        assert!(warning.contains(" WARN ") && warning.contains(error), "{warning}");
        assert!(warning.contains("mail.kind=\"reset_password\"") && warning.contains("mail.tries=0"), "{warning}");
        assert!(!log.to_lowercase().contains("example.org"), "{log}");
    }

    /// The mail that was not taken comes by itself, and its link works.
    async fn gets_the_mail(&mut self) {
        let mails = self.relay.wait_for(self.read + 1, RETRY).await;
        assert_eq!(mails.len(), self.read + 1, "{}", self.log());
        let link = link_of(&self.mail().await);
        assert_eq!(self.show(&link).await, StatusCode::OK);
    }
}

/// No server listens at the relay's port.
async fn the_relay_is_down() {
    let port = free_port();
    let url = format!("smtp://127.0.0.1:{port}");
    let mut site = MailSite::open(None, Behaviour::Takes, &[INFO, ("DOORWARD_MAIL__URL", &url)]).await;
    let way = lead(port, &site.relay).await;
    site.sign_up_verified("ada", ADA).await;
    drop(way);
    site.goes_on_while_a_mail_is_not_taken().await;
    site.warns("error=the relay cannot be reached");
    let way = lead(port, &site.relay).await;
    site.gets_the_mail().await;
    site.close().await;
    drop(way);
}

/// The relay's refusal quotes the address.
async fn the_relay_says_later() {
    let mut site = MailSite::open(None, Behaviour::Takes, &[INFO]).await;
    site.sign_up_verified("ada", ADA).await;
    site.relay.behave(Behaviour::Defers { code: 450 });
    site.goes_on_while_a_mail_is_not_taken().await;
    site.warns("450");
    site.relay.behave(Behaviour::Takes);
    site.gets_the_mail().await;
    site.close().await;
}

async fn the_relay_says_nothing() {
    let mut site = MailSite::open(None, Behaviour::Takes, &[INFO]).await;
    site.sign_up_verified("ada", ADA).await;
    site.relay.behave(Behaviour::SilentAfterAccept);
    site.goes_on_while_a_mail_is_not_taken().await;
    site.warns("error=");
    site.relay.behave(Behaviour::Takes);
    // The test has waited for half a minute, and skips the minute until the next try.
    let store = site.store().await;
    let sooner = "UPDATE outbox SET due_at = due_at - 60000000 WHERE tries = 1";
    store.connection().execute_unprepared(sooner).await.unwrap();
    store.disconnect().await;
    site.gets_the_mail().await;
    site.close().await;
}

/// Starts the cases, each of which waits for a minute.
pub(super) fn begin(cases: &mut JoinSet<()>) {
    cases.spawn(the_relay_is_down());
    cases.spawn(the_relay_says_later());
    cases.spawn(the_relay_says_nothing());
}
