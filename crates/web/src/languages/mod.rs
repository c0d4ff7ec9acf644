//! The languages of a site: their texts, and the choice of a visitor's language.

mod accept_language;
mod device_names;
mod functions;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

use crate::pages::read_templates;

pub(crate) use functions::register;
use texts::{Messages, Source, Texts};

/// The texts of the languages that a site offers, by the tags of the languages (BCP 47): `pt-BR`.
#[derive(Debug)]
pub struct Languages {
    texts: BTreeMap<String, Texts>,
    identifiers: Vec<LanguageIdentifier>,
    default: String,
}

/// The texts that are compiled in.
const COMPILED_IN: [(&str, &str); 6] = [
    ("ar", include_str!("../../templates/locales/ar.ftl")),
    ("de", include_str!("../../templates/locales/de.ftl")),
    (Languages::ENGLISH, include_str!("../../templates/locales/en.ftl")),
    ("es", include_str!("../../templates/locales/es.ftl")),
    ("fr", include_str!("../../templates/locales/fr.ftl")),
    ("pt-BR", include_str!("../../templates/locales/pt-BR.ftl")),
];

impl Languages {
    /// The tag of the language in which every text is written first.
    pub const ENGLISH: &str = "en";

    /// The compiled-in languages. The texts of `folder/locales/LANG.ftl` replace theirs, and other languages are added.
    /// Visitors who ask for none of the languages get `default`.
    ///
    /// # Errors
    /// [`LanguagesError`], unless each language has the same messages with the same variables, each message can be written,
    /// and each message that only the folder has is used by one of its templates.
    pub fn load(folder: Option<&Path>, default: &str) -> Result<Self, LanguagesError> {
        let mut sources: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for (tag, text) in COMPILED_IN {
            let file = PathBuf::from(format!("{tag}.ftl"));
            sources.entry(tag.to_owned()).or_default().push(Source { file, text: text.to_owned() });
        }
        if let Some(folder) = folder {
            for (tag, source) in read_locales(&folder.join("locales"))? {
                sources.entry(tag).or_default().push(source);
            }
        }
        let languages = Self::of(sources, default)?;
        if let Some(folder) = folder {
            languages.refuse_unused(folder)?;
        }
        Ok(languages)
    }

    fn of(sources: BTreeMap<String, Vec<Source>>, default: &str) -> Result<Self, LanguagesError> {
        let mut texts = BTreeMap::new();
        for (tag, sources) in sources {
            texts.insert(tag.clone(), Texts::load(tag, sources)?);
        }
        let identifiers = texts.values().map(|texts: &Texts| texts.identifier().clone()).collect();
        let mut languages = Self { texts, identifiers, default: String::new() };
        let Some(default) = languages.find(default).map(str::to_owned) else {
            let known = languages.tags().collect::<Vec<_>>().join(", ");
            return Err(LanguagesError::UnknownDefault { tag: default.to_owned(), known });
        };
        languages.default = default;
        languages.compare()?;
        Ok(languages)
    }

    /// The tag of the site's language that this tag asks for: `pt-PT` for `pt-BR`, if there is no closer one. `None` for a
    /// language that the site does not offer, and for a text that is not a tag.
    #[must_use]
    pub fn find(&self, tag: &str) -> Option<&str> {
        if let Some((tag, _)) = self.texts.get_key_value(tag) {
            return Some(tag);
        }
        let asked: LanguageIdentifier = tag.parse().ok()?;
        let found = negotiate_languages(&[asked], &self.identifiers, None, NegotiationStrategy::Lookup);
        let (tag, _) = self.texts.get_key_value(&found.first()?.to_string())?;
        Some(tag)
    }

    /// The tag of the language that the values of `Accept-Language` ask for; the default one if they ask for none of the site's.
    #[must_use]
    pub fn accepted<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> &str {
        let wanted = accept_language::wanted(values);
        let mut found =
            wanted.into_iter().filter_map(|range| if range == "*" { Some(self.default()) } else { self.find(range) });
        found.next().unwrap_or_else(|| self.default())
    }

    /// The tag of the language for visitors who ask for none.
    #[must_use]
    pub fn default(&self) -> &str {
        &self.default
    }

    /// The tags of all languages, in order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// `ltr` or `rtl`, of one of the site's languages.
    #[must_use]
    pub fn direction(&self, tag: &str) -> &'static str {
        self.texts.get(tag).map_or("ltr", Texts::direction)
    }

    pub(crate) fn texts(&self, tag: &str) -> Option<&Texts> {
        self.texts.get(tag)
    }

    /// Checks that all languages have the same messages with the same variables: those of English, and those that the site adds.
    fn compare(&self) -> Result<(), LanguagesError> {
        let mut expected = Messages::new();
        let first = [Self::ENGLISH, &self.default].map(|tag| self.texts.get(tag));
        for texts in first.into_iter().flatten().chain(self.texts.values()) {
            for (key, variables) in texts.messages() {
                expected.entry(key.clone()).or_insert_with(|| variables.clone());
            }
        }
        for (tag, texts) in &self.texts {
            for (key, variables) in &expected {
                let (language, key) = (tag.clone(), key.clone());
                match texts.messages().get(&key) {
                    None => return Err(LanguagesError::Missing { language, key }),
                    Some(found) if found != variables => {
                        return Err(LanguagesError::Variables {
                            language,
                            key,
                            expected: list(variables),
                            found: list(found),
                        });
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Refuses a message that only the site's folder has and that none of its templates uses: its name is probably mistyped.
    fn refuse_unused(&self, folder: &Path) -> Result<(), LanguagesError> {
        let compiled_in = Texts::load(Self::ENGLISH.to_owned(), vec![english()])?;
        let unreadable = |error| LanguagesError::Templates(Box::new(error));
        let mut templates = read_templates(folder, "html").map_err(unreadable)?;
        templates.extend(read_templates(folder, "txt").map_err(unreadable)?);
        let asked: BTreeSet<_> = templates.iter().flat_map(|(_, text)| asked_keys(text)).collect();
        for (tag, texts) in &self.texts {
            let mut own = texts.messages().keys().filter(|key| !compiled_in.messages().contains_key(*key));
            if let Some(key) = own.find(|key| !asked.iter().any(|asked| asked.is_for(key))) {
                return Err(LanguagesError::Unused { language: tag.clone(), key: key.clone() });
            }
        }
        Ok(())
    }
}

fn english() -> Source {
    let text = COMPILED_IN.into_iter().find(|(tag, _)| *tag == Languages::ENGLISH).map_or("", |(_, text)| text);
    Source { file: PathBuf::from("en.ftl"), text: text.to_owned() }
}

/// The name of a message in a template.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum AskedKey<'a> {
    Whole(&'a str),
    /// The beginning of a name, before a code.
    Beginning(&'a str),
}

impl AskedKey<'_> {
    fn is_for(&self, key: &str) -> bool {
        match self {
            Self::Whole(whole) => *whole == key,
            Self::Beginning(beginning) => key.starts_with(beginning),
        }
    }
}

/// The names in `key="…"` and `key="…" ~ code`, and every other text in quotes that could be one.
fn asked_keys(template: &str) -> impl Iterator<Item = AskedKey<'_>> {
    let mut quoted = template.split('"');
    quoted.next();
    std::iter::from_fn(move || Some((quoted.next()?, quoted.next().unwrap_or_default()))).map(|(text, after)| {
        if after.trim_start().starts_with('~') { AskedKey::Beginning(text) } else { AskedKey::Whole(text) }
    })
}

/// The `*.ftl` of a folder, by the tags of their languages; none if the folder does not exist.
fn read_locales(folder: &Path) -> Result<Vec<(String, Source)>, LanguagesError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |source| LanguagesError::Unreadable { path, source }
    };
    for entry in folder.read_dir().map_err(unreadable(folder))? {
        let file = entry.map_err(unreadable(folder))?.path();
        if file.extension().is_none_or(|extension| extension != "ftl") {
            continue;
        }
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let tag = stem.parse::<LanguageIdentifier>().map_err(|_| LanguagesError::NoTag { path: file.clone() })?;
        let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
        found.push((tag.to_string(), Source { file, text }));
    }
    Ok(found)
}

fn list(variables: &BTreeSet<String>) -> String {
    if variables.is_empty() {
        return "none".to_owned();
    }
    variables.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ")
}

/// Why a site's texts cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LanguagesError {
    /// A file or folder cannot be read.
    #[error("DOORWARD_TEMPLATE_DIR: {}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The folder's templates cannot be read.
    #[error(transparent)]
    Templates(Box<crate::pages::PagesError>),
    /// A file is named after no language.
    #[error("DOORWARD_TEMPLATE_DIR: {} is not named after a language, as `nl.ftl` is", path.display())]
    NoTag {
        /// The file.
        path: PathBuf,
    },
    /// A file is not Fluent, or has a message twice.
    #[error("DOORWARD_TEMPLATE_DIR: {}, line {line}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// A language lacks a message that another one has.
    #[error("DOORWARD_TEMPLATE_DIR: language {language} lacks the message `{key}`")]
    Missing {
        /// The language's tag.
        language: String,
        /// The message's name.
        key: String,
    },
    /// A message has other variables than in English, or than in the default language.
    #[error(
        "DOORWARD_TEMPLATE_DIR: language {language}, message `{key}`: its variables are {found}, and have to be {expected}"
    )]
    Variables {
        /// The language's tag.
        language: String,
        /// The message's name.
        key: String,
        /// The variables that it has to have.
        expected: String,
        /// Those that it has.
        found: String,
    },
    /// A message cannot be written: it refers to a term or a function that does not exist, or to itself.
    #[error("DOORWARD_TEMPLATE_DIR: language {language}, message `{key}`: {what}")]
    Unwritable {
        /// The language's tag.
        language: String,
        /// The message's name.
        key: String,
        /// What is wrong.
        what: String,
    },
    /// No template asks for a message.
    #[error("DOORWARD_TEMPLATE_DIR: language {language}: no template uses the message `{key}`")]
    Unused {
        /// The language's tag.
        language: String,
        /// The message's name.
        key: String,
    },
    /// The default language is not among the site's.
    #[error("DOORWARD_DEFAULT_LANGUAGE: there are no texts in `{tag}`; there are: {known}")]
    UnknownDefault {
        /// The tag.
        tag: String,
        /// The tags of the site's languages.
        known: String,
    },
}

#[cfg(test)]
mod tests;
