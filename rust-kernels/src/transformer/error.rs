//! The one error of this module.

use core::fmt;

/// Why a request was refused. Nothing was changed by the refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformerError(pub String);

impl fmt::Display for TransformerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TransformerError {}

/// Result of everything that can be refused here.
pub type Outcome<T> = Result<T, TransformerError>;

/// A refusal in the words "Cannot <do>: <state>".
pub fn refuse<T>(cannot: &str, state: impl fmt::Display) -> Outcome<T> {
    Err(TransformerError(format!("Cannot {cannot}: {state}")))
}

/// Makes `buffer` exactly `length` long, reusing its memory; new elements are 0, old ones keep their values.
///
/// # Errors
/// If the memory is not there; an allocator that fails would otherwise end the whole instance.
pub fn resize(buffer: &mut Vec<f32>, length: usize) -> Outcome<()> {
    let missing = length.saturating_sub(buffer.len());
    if buffer.try_reserve(missing).is_err() {
        return refuse(
            "compute",
            format_args!("no memory for {length} more numbers"),
        );
    }
    buffer.resize(length, 0.0);
    Ok(())
}
