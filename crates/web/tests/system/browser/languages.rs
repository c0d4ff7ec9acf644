//! Every state of every page in every language, and in a pseudo-language.

use std::fs;
use std::sync::Arc;

use doorward_web::languages::Languages;
use doorward_web::pages::{Notice, Pages, Reader};
use doorward_web::views::{UserView, View};
use fluent_syntax::ast::{Entry, Expression, Pattern, PatternElement};
use fluent_syntax::{parser, serializer};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{JavaScript, Theme, Visit};

/// English with accents, half as long again, and in brackets: a text that is cut off lacks a bracket, and one that no file has is plain.
const PSEUDO: &str = "en-XA";

/// Shows each of these pages' bodies, and returns those that are wider than the window. If axe is there, it checks them too.
const LOOK: &str = "
    const [lang, dir, bodies, done] = arguments;
    const html = document.documentElement;
    Object.assign(html, { lang, dir });
    (async () => {
      const found = [];
      for (const [name, body] of bodies) {
        document.body.innerHTML = body;
        const over = html.scrollWidth - html.clientWidth;
        if (over) found.push(`${name}: ${over} px too wide`);
        if (!globalThis.axe) continue;
        const { violations } = await axe.run(document, { resultTypes: ['violations'] });
        found.push(...violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0].html}`));
      }
      done(found);
    })();";

#[tokio::test]
async fn every_state_of_every_page_fits_in_every_language() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    #[expect(clippy::disallowed_methods, reason = "where a person wants axe to look")]
    let axe = std::env::var("AXE").ok().map(|file| fs::read_to_string(file).unwrap());
    let pages = pages_with_pseudo_language();
    visit.go("/").await;
    if let Some(axe) = axe {
        visit.script(&axe).await;
    }
    for tag in pages.languages().tags() {
        let states = states(&pages, tag);
        for (width, height) in [(320, 640), (1280, 1060)] {
            for theme in ["light", "dark"] {
                visit.show_on(width, height, theme).await;
                // A few at a time, as a script may take half a minute, and axe is slow.
                for some in states.chunks(20) {
                    let shown = vec![json!(tag), json!(pages.languages().direction(tag)), json!(some)];
                    let found = visit.window.execute_async(LOOK, shown).await.unwrap().json().clone();
                    assert_eq!(found, json!([]), "{tag} at {width} px, {theme}");
                }
            }
        }
    }
    visit.close().await;
}

/// The bodies of all pages in all states, each with a name.
fn states(pages: &Pages, tag: &str) -> Vec<Value> {
    let reader = Reader { lang: tag, here: "/" };
    let long = "Wilhelmina.Featherstonehaugh-Cholmondeley+long@example.org.uk123";
    let user = UserView { id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), username: long.to_owned() };
    let bare = View::samples().into_iter().map(|view| (view, None));
    let notices = Notice::samples().into_iter().map(|notice| (View::Home {}, Some(notice)));
    let mut states = Vec::new();
    for (view, notice) in bare.chain(notices) {
        for user in [None, Some(user.clone())] {
            let html = pages.render(&view, reader, user, notice).unwrap();
            let (_, body) = html.split_once("<body>").unwrap();
            let (body, _) = body.split_once("</body>").unwrap();
            assert!(!body.contains("{$") && !body.contains("{ $"), "{tag}: {body}");
            states.push(json!([format!("{} {}", view.template(), states.len()), body]));
        }
    }
    states
}

fn pages_with_pseudo_language() -> Pages {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("locales")).unwrap();
    let english = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/locales/en.ftl");
    let pseudo = pseudo(&fs::read_to_string(english).unwrap());
    fs::write(folder.path().join(format!("locales/{PSEUDO}.ftl")), pseudo).unwrap();
    let languages = Arc::new(Languages::load(Some(folder.path()), Languages::ENGLISH).unwrap());
    assert_eq!(languages.find(PSEUDO), Some(PSEUDO));
    let pages = Pages::load("Doorward", None, &languages).unwrap().with_mail().with_passkeys();
    let home = pages.render(&View::Home {}, Reader { lang: PSEUDO, here: "/" }, None, None).unwrap();
    assert!(home.contains("[Wéélcóóméé]"), "{home}");
    pages
}

/// The texts of a file, each longer, with accents and in brackets.
fn pseudo(texts: &str) -> String {
    let mut resource = parser::parse(texts.to_owned()).unwrap();
    for entry in &mut resource.body {
        if let Entry::Message(message) = entry {
            change(message.value.as_mut().unwrap());
        }
    }
    serializer::serialize(&resource)
}

fn change(pattern: &mut Pattern<String>) {
    let is_whole = pattern.elements.iter().all(|element| !is_select(element));
    for element in &mut pattern.elements {
        match element {
            PatternElement::TextElement { value } => *value = longer(value),
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                for variant in variants {
                    change(&mut variant.value);
                }
            }
            PatternElement::Placeable { .. } => {}
        }
    }
    if is_whole {
        // In Fluent a text can begin with a bracket only by a placeable.
        let bracket = |text: &str| PatternElement::Placeable {
            expression: Expression::Inline(fluent_syntax::ast::InlineExpression::StringLiteral {
                value: text.to_owned(),
            }),
        };
        pattern.elements.insert(0, bracket("["));
        pattern.elements.push(bracket("]"));
    }
}

const fn is_select(element: &PatternElement<String>) -> bool {
    matches!(element, PatternElement::Placeable { expression: Expression::Select { .. } })
}

/// Puts accents on letters and doubles vowels, so that texts are about a third longer.
fn longer(text: &str) -> String {
    const ACCENTED: [(char, char); 14] = [
        ('a', 'á'),
        ('e', 'é'),
        ('i', 'í'),
        ('o', 'ó'),
        ('u', 'ú'),
        ('y', 'ý'),
        ('s', 'š'),
        ('A', 'Á'),
        ('E', 'É'),
        ('I', 'Í'),
        ('O', 'Ó'),
        ('U', 'Ú'),
        ('Y', 'Ý'),
        ('S', 'Š'),
    ];
    let mut longer = String::new();
    for letter in text.chars() {
        let accented =
            ACCENTED.into_iter().find(|(plain, _)| *plain == letter).map_or(letter, |(_, accented)| accented);
        longer.push(accented);
        if "aeiou".contains(letter) {
            longer.push(accented);
        }
    }
    longer
}
