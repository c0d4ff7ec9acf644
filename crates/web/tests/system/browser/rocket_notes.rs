//! The example of a Rocket application with Doorward's pages, as a person sees it.

use std::fs;

use doorward_web::Doorward;
use doorward_web::config::{Settings, SiteConfig};
use doorward_web::server;
use thirtyfour::prelude::*;
use tokio::net::TcpSocket;
use tokio::spawn;

use super::{Browser, Theme};
use crate::program::PASSWORD;

#[path = "../../../examples/rocket_notes.rs"]
#[expect(dead_code, reason = "`main` is for whoever runs the example")]
mod example;

async fn fill_in(window: &WebDriver, fields: &[(&str, &str)]) {
    for (field, text) in fields {
        window.query(By::Css(*field)).first().await.unwrap().send_keys(*text).await.unwrap();
    }
    window.query(By::Css("main form button[type=submit]")).first().await.unwrap().click().await.unwrap();
}

async fn see(window: &WebDriver, text: &str) {
    let saying = format!("//body[contains(normalize-space(.), {text:?})]");
    assert!(window.query(By::XPath(&saying)).first().await.is_ok(), "no {text:?}: {}", window.source().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_on_the_way_to_their_notes_and_adds_and_deletes_one() {
    let Some((browser, window)) = Browser::open(&[], Theme::Light, &[]).await else { return };
    let folder = browser.folder.path();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    fs::write(folder.join("doorward.toml"), format!("data_dir = {:?}\n", folder.join("data").display().to_string()))
        .unwrap();
    let doorward = Doorward::open(SiteConfig::read(Settings::read(folder).unwrap(), port).unwrap()).await.unwrap();
    let site = example::build(rocket::Config::figment(), doorward).await.unwrap();
    let served = spawn(server::serve(site, socket));

    let url = format!("http://localhost:{port}");
    window.goto(format!("{url}/sign_up")).await.unwrap();
    fill_in(&window, &[("#username", "Ada"), ("#password", PASSWORD)]).await;
    see(&window, "Account created. Please log in.").await;
    window.goto(format!("{url}/notes")).await.unwrap();
    see(&window, "Please log in").await;
    fill_in(&window, &[("#username", "Ada"), ("#password", PASSWORD)]).await;
    see(&window, "A new note").await;
    assert_eq!(window.current_url().await.unwrap().path(), "/notes");
    fill_in(&window, &[("#text", "Buy <b>ink</b>")]).await;
    see(&window, "Buy <b>ink</b>").await;
    window.query(By::Css("form[action='/notes/1/delete'] button")).first().await.unwrap().click().await.unwrap();
    window.query(By::Css("form[action='/notes/1/delete']")).not_exists().await.unwrap();
    // The navigation is Doorward's, in its style sheet.
    let bar = window.query(By::Css("nav.navbar a[href='/account']")).first().await.unwrap();
    assert_eq!(bar.css_value("display").await.unwrap(), "flex");
    // The next user of this browser sees nothing by the Back button.
    window.query(By::Css("nav.navbar form[action='/log_out'] button")).first().await.unwrap().click().await.unwrap();
    see(&window, "Successfully logged out.").await;
    window.back().await.unwrap();
    see(&window, "Please log in").await;
    assert_eq!(window.current_url().await.unwrap().path(), "/log_in");
    window.quit().await.unwrap();
    served.abort();
}
