//! Notes of one's own: a Rocket application with Doorward's pages beside its own.
//! `cargo run -p doorward-web --example rocket_notes`, then open <http://localhost:8000/notes>.

use std::error::Error;

use doorward_web::config::{Listener, Settings, SiteConfig};
use doorward_web::{Doorward, LoggedIn, SitePage, Visitor, server};
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::form::Form;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::serde::{Deserialize, Serialize};
use rocket::{Build, FromForm, Rocket, State, catch, catchers, get, post, routes};
use rocket_dyn_templates::{Metadata, Template, context};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, QueryResult, Statement, Value};

/// The application's own settings, from the figment that holds Rocket's.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Limits {
    longest_note: usize,
}

type Answer<T> = Result<T, Status>;

/// The application's own state: its table, in the database of the users.
struct Notes(DatabaseConnection);

impl Notes {
    async fn open(db: DatabaseConnection) -> Result<Self, DbErr> {
        let table = "CREATE TABLE IF NOT EXISTS notes \
                     (id INTEGER PRIMARY KEY, user_id BLOB NOT NULL REFERENCES users ON DELETE CASCADE, text TEXT NOT NULL)";
        db.execute_unprepared(table).await?;
        Ok(Self(db))
    }

    async fn sql<const N: usize>(&self, sql: &str, values: [Value; N]) -> Answer<Vec<QueryResult>> {
        let statement = Statement::from_sql_and_values(self.0.get_database_backend(), sql, values);
        self.0.query_all_raw(statement).await.map_err(|_| Status::ServiceUnavailable)
    }
}

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Note {
    id: i64,
    text: String,
}

#[get("/")]
async fn list(me: LoggedIn, notes: &State<Notes>, limits: &State<Limits>, pages: Metadata<'_>) -> Answer<SitePage> {
    let mine = "SELECT id, text FROM notes WHERE user_id = ? ORDER BY id";
    let rows = notes.sql(mine, [me.0.user.id.as_uuid().into()]).await?;
    let read = |row: &QueryResult| Ok(Note { id: row.try_get("", "id")?, text: row.try_get("", "text")? });
    let found: Result<Vec<Note>, DbErr> = rows.iter().map(read).collect();
    let page = context! { notes: found.map_err(|_| Status::InternalServerError)?, longest_note: limits.longest_note };
    let (_, html) = pages.render("notes", page).ok_or(Status::InternalServerError)?;
    Ok(SitePage::new("Notes", html, Some(&me.0)))
}

#[derive(FromForm)]
struct NewNote {
    text: String,
}

#[post("/", data = "<typed>")]
async fn add(me: LoggedIn, notes: &State<Notes>, limits: &State<Limits>, typed: Form<NewNote>) -> Answer<Redirect> {
    let text = typed.into_inner().text;
    if text.chars().count() > limits.longest_note {
        return Err(Status::UnprocessableEntity);
    }
    notes.sql("INSERT INTO notes VALUES (NULL, ?, ?)", [me.0.user.id.as_uuid().into(), text.into()]).await?;
    Ok(Redirect::to("/notes"))
}

#[post("/<id>/delete")]
async fn delete(me: LoggedIn, notes: &State<Notes>, id: i64) -> Answer<Redirect> {
    let delete = "DELETE FROM notes WHERE id = ? AND user_id = ? RETURNING id";
    let deleted = notes.sql(delete, [id.into(), me.0.user.id.as_uuid().into()]).await?;
    if deleted.is_empty() { Err(Status::NotFound) } else { Ok(Redirect::to("/notes")) }
}

/// Replaces Doorward's page of this error.
#[catch(404)]
fn no_such_note() -> SitePage {
    SitePage::new("Not found", "<h1 class=\"title\">There is no such note</h1>", None).with_status(Status::NotFound)
}

/// A page for every visitor, which shows who is logged in.
#[get("/about")]
fn about(visitor: Visitor) -> SitePage {
    let html = "<h1 class=\"title\">Notes</h1><p>Nobody but you sees yours.</p>";
    let Visitor(visit) = visitor;
    SitePage::new("About", html, visit.as_ref())
}

pub(crate) async fn build(figment: Figment, doorward: Doorward) -> Result<Rocket<Build>, DbErr> {
    let notes = Notes::open(doorward.store().connection()).await?;
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/rocket_notes");
    let rocket = rocket::custom(figment.join(("template_dir", ours)).join(("longest_note", 1_000)));
    let rocket = rocket.manage(notes).attach(Template::fairing()).attach(AdHoc::config::<Limits>());
    Ok(rocket
        .attach(doorward)
        .mount("/notes", routes![list, add, delete, about])
        .register("/notes", catchers![no_such_note]))
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let mut listener = Listener::read()?;
    let socket = listener.reserve()?;
    let doorward = Doorward::open(SiteConfig::read(Settings::find()?, listener.address().port())?).await?;
    server::serve(build(rocket::Config::figment(), doorward).await?, socket).await?;
    Ok(())
}
