//! Statements of the documentation about the examples.

const GUIDE: &str = include_str!("../../../../docs/embedding.md");
const NOTES: &str = include_str!("../../examples/axum_notes.rs");
const FIRST: &str = include_str!("../../examples/first_service.rs");

#[test]
fn the_first_service_is_in_the_guide_word_for_word_and_has_thirty_lines() {
    assert!(GUIDE.contains(&format!("```rust,no_run\n{FIRST}```")));
    assert!(FIRST.lines().count() <= 30, "{}", FIRST.lines().count());
}

#[test]
fn the_notes_have_a_hundred_lines() {
    assert!(NOTES.lines().count() <= 100, "{}", NOTES.lines().count());
}
