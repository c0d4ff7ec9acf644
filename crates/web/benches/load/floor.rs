//! The floor: a bare Rocket with the same pages, one private cookie and no database. A log-in is only its hash, on one
//! thread per core, each of which reuses memory of its own.

use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use doorward_domain::browser::ReturnPath;
use doorward_domain::{PasswordPolicy, Rules};
use doorward_web::languages::Languages;
use doorward_web::pages::Pages;
use doorward_web::views::LogInForm;
use rocket::fairing::AdHoc;
use rocket::form::{Form, FromForm};
use rocket::http::{CookieJar, Status};
use rocket::response::Redirect;
use rocket::tokio::sync::oneshot;
use rocket::{Config, State, get, post, routes};
use rocket_dyn_templates::{Template, context};

use crate::Done;
use crate::server::SESSION_COOKIE;

const SALT: &[u8] = b"sixteen bytes of";
const SITE_NAME: &str = "Doorward";
const LANG: &str = Languages::ENGLISH;

struct Job {
    password: String,
    answer: oneshot::Sender<[u8; 32]>,
}

struct Hashing(Sender<Job>);

impl Hashing {
    fn start(threads: usize) -> Self {
        let (queue, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = Arc::clone(&jobs);
            thread::spawn(move || hash_all(&jobs));
        }
        Self(queue)
    }
}

fn hash_all(jobs: &Mutex<Receiver<Job>>) {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    let mut memory = vec![Block::new(); Params::default().block_count()];
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { password, answer }) = next else { return };
        let mut hash = [0; 32];
        if argon2.hash_password_into_with_memory(password.as_bytes(), SALT, &mut hash, &mut memory).is_ok() {
            let _nobody_waits = answer.send(hash);
        }
    }
}

#[derive(FromForm)]
struct Fields {
    username: String,
    password: String,
}

#[get("/")]
fn home(jar: &CookieJar<'_>) -> Template {
    let user = jar.get_private(SESSION_COOKIE).map(|cookie| context! { username: cookie.value().to_owned() });
    let (flash, wait) = (None::<()>, None::<()>);
    let (site_name, has_passkeys) = (SITE_NAME, true);
    let site = context! {
        lang: LANG, dir: "ltr", here: "/", site_name, has_sign_up: true, has_passkeys, user, flash, wait
    };
    Template::render("home.html", site)
}

#[get("/log_in")]
fn log_in_form(rules: &State<Rules>) -> Template {
    let form = LogInForm::empty(rules, &ReturnPath::default());
    let (user, flash, wait) = (None::<()>, None::<()>, None::<()>);
    let (site_name, has_passkeys) = (SITE_NAME, true);
    let page = context! {
        lang: LANG, dir: "ltr", here: "/log_in", site_name, has_sign_up: true, has_passkeys, user, flash, wait, form
    };
    Template::render("log_in.html", page)
}

#[post("/log_in", data = "<fields>")]
async fn log_in(fields: Form<Fields>, hashing: &State<Hashing>, jar: &CookieJar<'_>) -> Result<Redirect, Status> {
    let Fields { username, password } = fields.into_inner();
    let (answer, answered) = oneshot::channel();
    hashing.0.send(Job { password, answer }).map_err(|_| Status::InternalServerError)?;
    answered.await.map_err(|_| Status::InternalServerError)?;
    jar.add_private((SESSION_COOKIE, username));
    Ok(Redirect::to("/"))
}

/// Prints its address, and serves until it is killed.
pub(crate) fn serve() -> Done {
    let pages = Pages::load(SITE_NAME, None, &Arc::new(Languages::load(None, LANG)?))?;
    let tera = pages.tera().clone();
    let figment = Config::figment()
        .merge(("port", 0))
        .merge(("log_level", "off"))
        .merge(("secret_key", "42".repeat(32)))
        .merge(("template_dir", std::env::current_exe()?));
    let announce = AdHoc::on_liftoff("announcement", |rocket| {
        let line = format!("http://127.0.0.1:{}", rocket.config().port);
        Box::pin(async move {
            let _nobody_reads = writeln!(io::stdout(), "{line}");
        })
    });
    let rocket = rocket::custom(figment)
        .manage(Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, SITE_NAME)))
        .manage(Hashing::start(thread::available_parallelism()?.get()))
        .mount("/", routes![home, log_in_form, log_in])
        .attach(Template::custom(move |engines| engines.tera = tera.clone()))
        .attach(announce);
    rocket::execute(rocket.launch())?;
    Ok(())
}
