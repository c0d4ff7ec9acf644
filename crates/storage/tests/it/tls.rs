//! Servers that use TLS, with an authority that only the test knows.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use doorward_storage::{SeaOrmStore, StorageConfig};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sea_orm::{ConnectionTrait as _, Statement};
use tempfile::TempDir;

use crate::servers::{self, Extra, Kind};

/// An address that leads to this machine and is no loopback address, so that it counts as another machine.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn write(&self, folder: &Path, name: &str) -> PathBuf {
        fs::write(folder.join(name), self.0.pem()).unwrap();
        folder.join(name)
    }

    /// The files of a server that has a certificate for this address.
    fn files(&self, address: IpAddr) -> Vec<(&'static str, String)> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([address.to_string()]).unwrap();
        params.is_ca = IsCa::NoCa;
        let certificate = params.signed_by(&key, &self.0).unwrap();
        vec![("certificate", certificate.pem()), ("key", key.serialize_pem())]
    }
}

/// Whether a connection is made, and whether TLS protects it. An error contains no secret.
async fn is_protected(url: &str, question: &str) -> Option<bool> {
    let store = match SeaOrmStore::connect(&StorageConfig::new(url)).await {
        Ok(store) => store,
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("certificate") || text.contains("TLS") || text.contains("SSL"), "{text}");
            return None;
        }
    };
    let db = store.connection();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), question)).await.unwrap().unwrap();
    Some(row.try_get_by_index::<i64>(0).unwrap() == 1)
}

struct Words {
    arguments: &'static str,
    database: &'static str,
    /// 1 where the connection is protected.
    question: &'static str,
    root: &'static str,
    off: &'static str,
}

const POSTGRES: Words = Words {
    arguments: "-c ssl=on -c ssl_cert_file=FOLDER/certificate -c ssl_key_file=FOLDER/key",
    database: "postgres",
    question: "SELECT ssl::int::bigint FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    root: "sslrootcert",
    off: "sslmode=disable",
};

const MARIADB: Words = Words {
    arguments: "--ssl-cert=FOLDER/certificate --ssl-key=FOLDER/key",
    database: "mysql",
    question: "SELECT CAST(variable_value <> '' AS INTEGER) FROM information_schema.session_status \
               WHERE variable_name = 'Ssl_cipher'",
    root: "ssl-ca",
    off: "ssl-mode=DISABLED",
};

async fn a_server_elsewhere_is_only_spoken_to_when_its_certificate_is_right(kind: Kind, words: Words) {
    let folder = TempDir::new().unwrap();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let [trusted, other] = [authority.write(folder.path(), "trusted"), stranger.write(folder.path(), "other")];
    let Words { arguments, database, question, root, off } = words;
    let mut servers = Vec::new();
    for address in [ELSEWHERE, Ipv4Addr::new(192, 0, 2, 1).into()] {
        let extra = Extra { files: authority.files(address), arguments: arguments.to_owned(), ..Extra::default() };
        let Some(server) = servers::another_server(kind, &extra).await else { return };
        servers.push(format!("{}/{database}", server.url.replace("127.0.0.1", &ELSEWHERE.to_string())));
    }
    let [right, misnamed] = [&servers[0], &servers[1]];
    let with_root = |url: &str, authority: &Path| format!("{url}?{root}={}", authority.display());
    assert_eq!(is_protected(&with_root(right, &trusted), question).await, Some(true));
    assert_eq!(is_protected(right, question).await, None, "nobody knows the authority");
    assert_eq!(is_protected(&with_root(right, &other), question).await, None, "it is another authority's");
    assert_eq!(is_protected(&with_root(misnamed, &trusted), question).await, None, "it is another machine's");
    assert_eq!(is_protected(&format!("{right}?{off}"), question).await, Some(false), "somebody chose so");
    let plain = servers::server_of(kind).await.unwrap().replace("127.0.0.1", &ELSEWHERE.to_string());
    assert_eq!(is_protected(&format!("{plain}/{database}"), question).await, None, "it speaks no TLS");
}

#[tokio::test]
async fn a_postgres_elsewhere_is_only_spoken_to_when_its_certificate_is_right() {
    a_server_elsewhere_is_only_spoken_to_when_its_certificate_is_right(Kind::Postgres, POSTGRES).await;
}

#[tokio::test]
async fn a_mariadb_elsewhere_is_only_spoken_to_when_its_certificate_is_right() {
    a_server_elsewhere_is_only_spoken_to_when_its_certificate_is_right(Kind::MariaDb, MARIADB).await;
}
