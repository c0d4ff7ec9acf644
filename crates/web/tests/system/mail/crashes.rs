//! Mails outlive the program that sends them: none is lost, and at most one comes twice.

use std::time::{Duration, Instant};

use doorward_mail::testing::{Behaviour, Received};
use reqwest::StatusCode;
use tokio::spawn;
use tokio::task::{JoinSet, spawn_blocking};

use super::{ADA, MailSite, WAITING, link_of};
use crate::program::{PATIENCE, doorward_lock, until_it_logs};
use crate::servers::{self, Kind};

/// A mail without a recorded outcome is sent again after a minute; the rest is a margin for a busy machine.
const LEASE: Duration = Duration::from_secs(110);

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// By `kill -9`.
    Killed,
    /// By `SIGTERM`, gracefully.
    Stopped,
}

/// The program ends while the relay treats a mail in this way.
async fn it_ends_with_a_mail_in_hand(database_url: Option<String>, behaviour: Behaviour, end: End) {
    let case = format!("{behaviour:?} {end:?}");
    let mut site = MailSite::open(database_url.as_deref(), behaviour, &[]).await;
    site.sign_up("ada", ADA).await;
    match behaviour {
        // The hash of the secret is stored right before the relay is called.
        Behaviour::SilentAfterAccept => site.until("links", 1).await,
        Behaviour::SilentAfterData => site.relay.wait_for_command(".", PATIENCE).await,
        _ => drop(site.relay.wait_for(1, PATIENCE).await),
    }
    match end {
        End::Killed => site.end(end).await,
        End::Stopped => site.end_while_somebody_waits().await,
    }
    let ([waiting], taken) = (site.rows([WAITING]).await, site.relay.mails().len());
    // A mail that was taken still waits in the outbox, unless the program was quick to record it.
    assert!(waiting == 1 || taken == 1, "{case}: it is lost");
    site.relay.behave(Behaviour::Takes);
    site.start();
    site.gets_copies_of_one_mail(taken + usize::try_from(waiting).unwrap(), &case).await;
    site.close().await;
}

/// The program ends after a mail was not handed over.
async fn it_ends_while_the_relay_is_down() {
    let nowhere = format!("smtp://127.0.0.1:{}", servers::free_port());
    let mut site = MailSite::open(None, Behaviour::Takes, &[("DOORWARD_MAIL__URL", &nowhere)]).await;
    site.sign_up("ada", ADA).await;
    until_it_logs(site.folder.path(), "a mail was not handed over").await;
    site.end(End::Killed).await;
    site.settings.pop();
    site.start();
    site.gets_copies_of_one_mail(1, "down").await;
    site.close().await;
}

impl MailSite {
    async fn end(&mut self, end: End) {
        let program = self.program.take().unwrap();
        program.signal(if end == End::Killed { "-KILL" } else { "-TERM" });
        let began = Instant::now();
        let status = spawn_blocking(|| program.wait()).await.unwrap();
        assert_eq!(status.success(), end == End::Stopped, "{}", self.log());
        assert!(began.elapsed() < Duration::from_secs(13), "it took {:?}", began.elapsed());
    }

    /// The program stops while a request waits for the database for seconds: the mail and the request share the time of the stop.
    async fn end_while_somebody_waits(&mut self) {
        let store = self.store().await;
        let lock = doorward_lock(&store).await;
        let (client, url) = (self.client.clone(), self.url("/forgot_password"));
        let waiting = spawn(async move { client.post(url).form(&[("login", "ada")]).send().await });
        let home = self.client.get(self.url("/")).send().await.unwrap();
        assert_eq!(home.status(), StatusCode::OK);
        self.end(End::Stopped).await;
        drop(lock);
        let _whatever_it_was_told = waiting.await.unwrap();
    }

    /// Waits for `copies` copies of one mail, and checks that their link works.
    async fn gets_copies_of_one_mail(&mut self, copies: usize, case: &str) {
        let mails = self.relay.wait_for(copies, LEASE).await;
        assert_eq!(mails.len(), copies, "{case}: {}", self.log());
        let name = |mail: &Received| (mail.to.concat(), mail.header("Message-ID"));
        for mail in &mails {
            assert_eq!((&mail.to[..], name(mail)), (&[ADA.to_owned()][..], name(&mails[0])), "{case}");
            assert_eq!(self.show(&link_of(mail)).await, StatusCode::OK, "{case}");
        }
        self.read = copies;
    }
}

/// Starts the cases, each of which waits for a minute.
pub(super) async fn begin(cases: &mut JoinSet<()>) {
    cases.spawn(it_ends_while_the_relay_is_down());
    for (behaviour, end) in [
        (Behaviour::SilentAfterAccept, End::Killed),
        (Behaviour::SilentAfterData, End::Killed),
        (Behaviour::SilentAtQuit, End::Killed),
        (Behaviour::SilentAfterData, End::Stopped),
    ] {
        cases.spawn(it_ends_with_a_mail_in_hand(None, behaviour, end));
    }
    for (kind, behaviour) in [(Kind::Postgres, Behaviour::SilentAtQuit), (Kind::MariaDb, Behaviour::SilentAfterData)] {
        let Some(url) = servers::new_database(kind).await else { continue };
        cases.spawn(it_ends_with_a_mail_in_hand(Some(url), behaviour, End::Killed));
    }
}
