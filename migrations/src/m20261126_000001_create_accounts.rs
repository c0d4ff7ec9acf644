//! The schema of the first release: users and what belongs to them, and the counters of attempts.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_len, binary_len_null, custom, custom_null, pk_uuid, string_len,
    string_len_null, uuid, uuid_null, var_binary,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let tables = [
            users(backend),
            passwords(),
            sessions(),
            activity(),
            known_devices(),
            emails(backend),
            links(),
            totp_secrets(),
            recovery_codes(),
            pending_log_ins(),
            user_handles(),
            passkeys(backend),
            answered_challenges(),
            outbox(),
            invitations(),
            imports(),
            reserved_names(backend),
            attempt_counters(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let those_of_users = [
            "passwords",
            "sessions",
            "activity",
            "known_devices",
            "emails",
            "links",
            "totp_secrets",
            "recovery_codes",
            "pending_log_ins",
            "user_handles",
            "passkeys",
            "reserved_names",
        ];
        let others = ["users", "answered_challenges", "outbox", "invitations", "imports", "attempt_counters"];
        for table in those_of_users.into_iter().chain(others) {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn users(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(pk_uuid("id"))
        .col(string_len("username", 64))
        .col(username_key(backend).unique_key())
        .col(string_len("standing", 16))
        // Null unless the user has chosen one.
        .col(string_len_null("language", 35))
        .col(big_integer("created_at"))
        // The browser in which the user signed up.
        .col(uuid_null("signed_up_in"))
        // Increased by each change of any of the user's credentials.
        .col(big_integer("credentials_version").default(0))
        // The factors that are asked for after the password; empty if there are none.
        .col(string_len("second_factors", 64).default(""))
        .to_owned()
}

/// The password hashes of users who have a password.
fn passwords() -> TableCreateStatement {
    Table::create()
        .table("passwords")
        .col(uuid("user_id").primary_key())
        .col(string_len("password_hash", 512))
        .foreign_key(&mut gone_with_its_user("passwords"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(binary_len("token_hash", 32).unique_key())
        .col(binary_len_null("former_token_hash", 32).unique_key())
        .col(big_integer_null("former_token_until"))
        .col(string_len("kind", 16))
        .col(string_len_null("browser", 32))
        .col(string_len_null("system", 32))
        .col(string_len_null("address", 45))
        .col(uuid_null("browser_id"))
        .col(big_integer("created_at"))
        .col(big_integer("authenticated_at"))
        .col(string_len("methods", 64))
        .col(big_integer("renewed_at"))
        .col(big_integer("last_seen_at"))
        .foreign_key(&mut gone_with_its_user("sessions"))
        .to_owned()
}

/// Rows without a user are attempts at names that no user has.
fn activity() -> TableCreateStatement {
    Table::create()
        .table("activity")
        .col(pk_uuid("id"))
        .col(uuid_null("user_id"))
        .col(string_len("event", 32))
        .col(big_integer("happened_at"))
        .col(string_len_null("browser", 32))
        .col(string_len_null("system", 32))
        .col(string_len_null("address", 45))
        .foreign_key(&mut gone_with_its_user("activity"))
        .to_owned()
}

fn known_devices() -> TableCreateStatement {
    Table::create()
        .table("known_devices")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(binary_len("device_key", 32).unique_key())
        .col(string_len_null("browser", 32))
        .col(string_len_null("system", 32))
        .col(string_len_null("address", 45))
        .col(big_integer("created_at"))
        .col(big_integer("last_log_in_at"))
        // Until when no second factor is asked for on the device.
        .col(big_integer_null("trusted_until"))
        .foreign_key(&mut gone_with_its_user("known_devices"))
        .to_owned()
}

/// At most one verified and one pending address of each user.
fn emails(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("emails")
        .col(uuid("user_id").primary_key())
        .col(string_len_null("verified", 254))
        // In lower case. Unique, but any number of users may have none.
        .col(address_key(backend).unique_key())
        .col(string_len_null("pending", 254))
        // When an address has to be verified by, if the account depends on it.
        .col(big_integer_null("verify_by"))
        .foreign_key(&mut gone_with_its_user("emails"))
        .to_owned()
}

/// One-time links.
fn links() -> TableCreateStatement {
    Table::create()
        .table("links")
        .col(binary_len("token_hash", 32).primary_key())
        .col(uuid("user_id"))
        .col(string_len("purpose", 32))
        // The address that the link is about, and to which its mail went.
        .col(string_len_null("address", 254))
        // The user's version when the link was made.
        .col(big_integer("credentials_version"))
        .col(big_integer("requested_at"))
        .col(big_integer("ends_at"))
        .foreign_key(&mut gone_with_its_user("links"))
        .to_owned()
}

/// The authenticator app of a user, encrypted.
fn totp_secrets() -> TableCreateStatement {
    Table::create()
        .table("totp_secrets")
        .col(uuid("user_id").primary_key())
        .col(var_binary("sealed", 64))
        // The latest step of which a code was used.
        .col(big_integer("last_step"))
        .col(big_integer("created_at"))
        .foreign_key(&mut gone_with_its_user("totp_secrets"))
        .to_owned()
}

/// Recovery codes that are not used up.
fn recovery_codes() -> TableCreateStatement {
    Table::create()
        .table("recovery_codes")
        .col(binary_len("code_hash", 32).primary_key())
        .col(uuid("user_id"))
        .foreign_key(&mut gone_with_its_user("recovery_codes"))
        .to_owned()
}

/// Log-ins that wait for a second factor.
fn pending_log_ins() -> TableCreateStatement {
    Table::create()
        .table("pending_log_ins")
        .col(binary_len("token_hash", 32).primary_key())
        .col(uuid("user_id"))
        // The user's version when the password was verified.
        .col(big_integer("credentials_version"))
        .col(string_len("kind", 16))
        .col(uuid_null("browser_id"))
        .col(big_integer("tries"))
        .col(big_integer("ends_at"))
        .col(big_integer_null("finished_at"))
        .foreign_key(&mut gone_with_its_user("pending_log_ins"))
        .to_owned()
}

/// The names by which authenticators know the users of passkeys.
fn user_handles() -> TableCreateStatement {
    Table::create()
        .table("user_handles")
        .col(uuid("user_id").primary_key())
        .col(binary_len("handle", 16).unique_key())
        .foreign_key(&mut gone_with_its_user("user_handles"))
        .to_owned()
}

fn passkeys(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("passkeys")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(var_binary("credential_id", 1_023).unique_key())
        .col(rp_id(backend))
        // By its COSE number.
        .col(big_integer("algorithm"))
        .col(var_binary("public_key", 1_100))
        .col(big_integer("counter"))
        .col(string_len("backup", 16))
        .col(string_len("transports", 64))
        // The model of the authenticator, if it names one.
        .col(uuid_null("aaguid"))
        .col(passkey_name(backend))
        // The browser in which it was added.
        .col(string_len_null("browser", 32))
        .col(string_len_null("system", 32))
        .col(big_integer("created_at"))
        .col(big_integer_null("last_used_at"))
        .foreign_key(&mut gone_with_its_user("passkeys"))
        .to_owned()
}

/// Answered challenges, until their end, so that none is answered again.
fn answered_challenges() -> TableCreateStatement {
    Table::create()
        .table("answered_challenges")
        .col(binary_len("challenge_hash", 32).primary_key())
        .col(big_integer("ends_at"))
        .to_owned()
}

/// Queued mails. Those without an address have no recipient. The mail about a deletion outlives its user.
fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(pk_uuid("id"))
        .col(string_len("kind", 32))
        .col(uuid_null("user_id"))
        .col(string_len_null("username", 64))
        .col(string_len_null("address", 254))
        // The user's language when the mail was queued.
        .col(string_len_null("language", 35))
        .col(string_len_null("browser", 32))
        .col(string_len_null("system", 32))
        .col(string_len_null("client_address", 45))
        .col(big_integer("queued_at"))
        .col(big_integer("ends_at"))
        .col(big_integer("due_at"))
        .col(big_integer("tries"))
        .to_owned()
}

fn invitations() -> TableCreateStatement {
    Table::create()
        .table("invitations")
        .col(binary_len("token_hash", 32).primary_key())
        .col(big_integer("uses_left"))
        .col(big_integer("ends_at"))
        .to_owned()
}

/// The number of entries of an import that are done, by the SHA-256 of its file.
fn imports() -> TableCreateStatement {
    Table::create().table("imports").col(binary_len("checksum", 32).primary_key()).col(big_integer("done")).to_owned()
}

/// Names that users gave up, which no other user may have for a while.
fn reserved_names(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("reserved_names")
        .col(username_key(backend).primary_key())
        .col(uuid_null("user_id"))
        .col(big_integer("reserved_until"))
        .foreign_key(of_its_user("reserved_names").on_delete(ForeignKeyAction::SetNull))
        .to_owned()
}

fn attempt_counters() -> TableCreateStatement {
    Table::create()
        .table("attempt_counters")
        .col(binary_len("counter_key", 32).primary_key())
        .col(big_integer("attempts"))
        .col(big_integer("free_at"))
        .col(big_integer("forgotten_at"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |table: &'static str, name: &str| Index::create().table(table).name(name).to_owned();
    vec![
        index("sessions", "sessions_by_user").col("user_id").to_owned(),
        // Ids sort by time, so this is each user's newest first.
        index("activity", "activity_by_user").col("user_id").col("id").to_owned(),
        index("known_devices", "known_devices_by_user").col("user_id").to_owned(),
        index("known_devices", "known_devices_by_last_log_in_at").col("last_log_in_at").to_owned(),
        index("emails", "emails_by_verify_by").col("verify_by").to_owned(),
        index("links", "links_by_user").col("user_id").col("purpose").to_owned(),
        index("links", "links_by_ends_at").col("ends_at").to_owned(),
        index("recovery_codes", "recovery_codes_by_user").col("user_id").to_owned(),
        index("pending_log_ins", "pending_log_ins_by_user").col("user_id").to_owned(),
        index("pending_log_ins", "pending_log_ins_by_browser").col("browser_id").to_owned(),
        index("pending_log_ins", "pending_log_ins_by_ends_at").col("ends_at").to_owned(),
        index("passkeys", "passkeys_by_user").col("user_id").to_owned(),
        // Finds the passkeys of another site.
        index("passkeys", "passkeys_by_rp_id").col("rp_id").to_owned(),
        index("answered_challenges", "answered_challenges_by_ends_at").col("ends_at").to_owned(),
        index("outbox", "outbox_by_due_at").col("due_at").to_owned(),
        index("outbox", "outbox_by_user").col("user_id").to_owned(),
        index("reserved_names", "reserved_names_by_user").col("user_id").to_owned(),
        index("attempt_counters", "attempt_counters_by_forgotten_at").col("forgotten_at").to_owned(),
    ]
}

/// Keys are compared byte for byte. MySQL's default collation would find `ada` under `àda` and `ada `.
fn username_key(backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::MySql => custom("username_key", "varchar(64) CHARACTER SET ascii COLLATE ascii_bin"),
        _ => string_len("username_key", 64),
    }
}

/// Compared byte for byte, too. All its characters are ASCII.
fn address_key(backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::MySql => custom_null("verified_key", "varchar(254) CHARACTER SET ascii COLLATE ascii_bin"),
        _ => string_len_null("verified_key", 254),
    }
}

/// The host of a site, compared byte for byte as well.
fn rp_id(backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::MySql => custom("rp_id", "varchar(253) CHARACTER SET ascii COLLATE ascii_bin"),
        _ => string_len("rp_id", 253),
    }
}

/// In any script, although a MySQL database may have been created with a smaller character set.
fn passkey_name(backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::MySql => custom_null("name", "varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
        _ => string_len_null("name", 60),
    }
}

fn gone_with_its_user(table: &'static str) -> ForeignKeyCreateStatement {
    of_its_user(table).on_delete(ForeignKeyAction::Cascade).to_owned()
}

fn of_its_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("{table}_user_id")).from(table, "user_id").to("users", "id").to_owned()
}
