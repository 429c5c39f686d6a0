//! What may be written next, as masks over a tokenizer's vocabulary.

mod endless;
mod grammar_error;
mod matcher;
mod vocabulary;

pub use matcher::GrammarMatcher;
pub use vocabulary::GrammarVocabulary;
