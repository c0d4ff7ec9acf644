//! The texts of one language.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use unic_langid::{CharacterDirection, LanguageIdentifier};

use super::LanguagesError;

/// The messages of a language, and the variables in each.
pub(super) type Messages = BTreeMap<String, BTreeSet<String>>;

/// A file with texts.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) text: String,
}

/// The texts of one language.
pub(crate) struct Texts {
    tag: String,
    identifier: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
    messages: Messages,
    /// The texts of messages without variables, which are most messages, written once.
    constant: HashMap<String, String>,
    /// The messages that were used.
    #[cfg(test)]
    pub(super) asked: std::sync::Mutex<BTreeSet<String>>,
}

impl Texts {
    /// Loads the texts of these files. A later file replaces the messages of an earlier one.
    pub(super) fn load(tag: String, sources: Vec<Source>) -> Result<Self, LanguagesError> {
        let identifier: LanguageIdentifier =
            tag.parse().map_err(|_| LanguagesError::NoTag { path: PathBuf::from(&tag) })?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier.clone()]);
        // Marks around variables keep the order of a right-to-left text. Other languages need none.
        bundle.set_use_isolating(is_from_right(&identifier));
        let mut messages = Messages::new();
        for source in sources {
            let (resource, found) = parse(source)?;
            messages.extend(found);
            bundle.add_resource_overriding(resource);
        }
        let mut texts = Self {
            tag,
            identifier,
            bundle,
            messages,
            constant: HashMap::new(),
            #[cfg(test)]
            asked: std::sync::Mutex::default(),
        };
        texts.constant = texts.write_each()?;
        Ok(texts)
    }

    pub(super) const fn identifier(&self) -> &LanguageIdentifier {
        &self.identifier
    }

    pub(super) const fn messages(&self) -> &Messages {
        &self.messages
    }

    pub(super) fn direction(&self) -> &'static str {
        if is_from_right(&self.identifier) { "rtl" } else { "ltr" }
    }

    /// The text of a message; `Err`, in one line, for a message that does not exist, or lacks an argument.
    pub(crate) fn text(&self, key: &str, arguments: &FluentArgs<'_>) -> Result<String, String> {
        #[cfg(test)]
        self.asked.lock().unwrap().insert(key.to_owned());
        if let Some(constant) = self.constant.get(key) {
            return Ok(constant.clone());
        }
        let message = self.bundle.get_message(key).and_then(|message| message.value());
        let pattern = message.ok_or_else(|| format!("language {} lacks the message `{key}`", self.tag))?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        match errors.first() {
            None => Ok(text.into_owned()),
            Some(error) => Err(format!("language {}, message `{key}`: {error}", self.tag)),
        }
    }

    /// Writes each message once, so that a broken one is found now. Returns the messages without variables.
    fn write_each(&self) -> Result<HashMap<String, String>, LanguagesError> {
        let mut constant = HashMap::new();
        for (key, variables) in &self.messages {
            let arguments: FluentArgs<'_> =
                variables.iter().map(|name| (name.as_str(), FluentValue::from(1))).collect();
            let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else { continue };
            let mut errors: Vec<FluentError> = Vec::new();
            let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
            if let Some(error) = errors.first() {
                let (language, key) = (self.tag.clone(), key.clone());
                return Err(LanguagesError::Unwritable { language, key, what: error.to_string() });
            }
            if variables.is_empty() {
                constant.insert(key.clone(), text);
            }
        }
        Ok(constant)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({}, {} messages)", self.tag, self.messages.len())
    }
}

fn is_from_right(identifier: &LanguageIdentifier) -> bool {
    identifier.character_direction() == CharacterDirection::RTL
}

fn parse(Source { file, text }: Source) -> Result<(FluentResource, Messages), LanguagesError> {
    let line_of = |text: &str, position: usize| text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1;
    let resource = FluentResource::try_new(text).map_err(|(resource, errors)| {
        let (position, what) =
            errors.first().map_or_else(|| (0, String::new()), |error| (error.pos.start, error.kind.to_string()));
        LanguagesError::Damaged { path: file.clone(), line: line_of(resource.source(), position), what }
    })?;
    let mut messages = Messages::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let mut variables = BTreeSet::new();
        if let Some(pattern) = &message.value {
            find_variables(pattern, &mut variables);
        }
        if messages.insert(message.id.name.to_owned(), variables).is_some() {
            let name = message.id.name;
            let line = resource.source().lines().take_while(|line| !is_of(line, name)).count() + 1;
            let what = format!("the message `{name}` is there twice");
            return Err(LanguagesError::Damaged { path: file, line, what });
        }
    }
    Ok((resource, messages))
}

/// Whether a message of this name begins at this line.
fn is_of(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
}

fn find_variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        find_in_expression(expression, found);
    }
}

fn find_in_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => find_in_inline(inline, found),
        Expression::Select { selector, variants } => {
            find_in_inline(selector, found);
            for variant in variants {
                find_variables(&variant.value, found);
            }
        }
    }
}

fn find_in_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                find_in_inline(argument, found);
            }
        }
        InlineExpression::Placeable { expression } => find_in_expression(expression, found),
        _ => {}
    }
}
