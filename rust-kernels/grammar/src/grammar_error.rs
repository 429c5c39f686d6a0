//! Errors on their way to JavaScript.

use wasm_bindgen::JsError;

/// An error as JavaScript sees it: its first line; the parser's state, which follows, helps nobody.
pub fn grammar_error(error: impl std::fmt::Display) -> JsError {
    let text = error.to_string();
    let end = text.find("\n<state>").unwrap_or(text.len());
    JsError::new(text[..end].trim())
}
