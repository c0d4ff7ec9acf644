//! What is wrong on a page, for clients that prefer JSON.

use rocket::serde::Serialize;

use super::PasswordNote;

/// What is wrong on a page: nothing, by default. It is in English and in codes, as it is for programs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// What is wrong with the form as a whole.
    pub(crate) detail: Option<&'static str>,
    /// What is wrong with single fields.
    pub(crate) fields: Vec<FieldFault>,
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub(crate) struct FieldFault {
    field: &'static str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Faults {
    /// A fault of the form as a whole.
    pub(super) const fn as_a_whole(detail: &'static str) -> Self {
        Self { detail: Some(detail), fields: Vec::new() }
    }

    /// The fault of a field, if there is one.
    pub(super) fn of_field(field: &'static str, code: Option<&'static str>) -> Self {
        let fields = code.map(|code| FieldFault { field, code, reason: None }).into_iter().collect();
        Self { detail: None, fields }
    }

    /// The fault of a new password, if there is one.
    pub(super) fn of_password(field: &'static str, note: Option<&PasswordNote>) -> Self {
        let fields = note.map(|note| FieldFault { field, code: note.code, reason: note.reason }).into_iter().collect();
        Self { detail: None, fields }
    }

    /// Adds these faults.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.fields.extend(others.fields);
        Self { detail: self.detail.or(others.detail), ..self }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.detail.is_none() && self.fields.is_empty()
    }
}
