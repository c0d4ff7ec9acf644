//! Measures how long it takes to find out who sends a request, in memory and in an SQLite file.
//!
//! `cargo bench -p doorward-storage --bench resume`.

#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the program")]

use divan::Bencher;
use doorward_domain::repository::Store;
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::testing::{MemoryStore, cheap_hasher};
use doorward_domain::{AuthService, Client, Credentials, DeviceTokens, LogIn, PasswordPolicy, Rules, SessionToken};
use doorward_storage::{SeaOrmStore, StorageConfig};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn logged_in<S: Store>(store: S) -> (AuthService<S, SystemClock, OsEntropy>, SessionToken) {
    let rules = Rules::new(PasswordPolicy::new(15, "Bench"));
    let auth = AuthService::builder(store).hasher(cheap_hasher()).rules(rules).start().unwrap();
    let (here, credentials) = (Client::default(), Credentials { username: "ada", password: "seven quiet lanterns" });
    auth.from(&here).sign_up(credentials).await.unwrap();
    let known = DeviceTokens::default();
    let token = auth.from(&here).log_in(LogIn::new(credentials).by_device(&known)).await.unwrap().done().unwrap().token;
    (auth, token)
}

#[divan::bench]
fn in_memory(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let (auth, token) = runtime.block_on(logged_in(MemoryStore::default()));
    bencher.bench_local(|| runtime.block_on(auth.resume(&token)).unwrap());
}

#[divan::bench]
fn in_sqlite(bencher: Bencher<'_, '_>) {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let (auth, token) = runtime.block_on(async {
        let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await.unwrap();
        doorward_migrations::migrate(&store.connection()).await.unwrap();
        logged_in(store).await
    });
    bencher.bench_local(|| runtime.block_on(auth.resume(&token)).unwrap());
}
