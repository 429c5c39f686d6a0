//! A place in a text under a grammar.

use crate::grammar_error::grammar_error;
use llguidance::Matcher;
use wasm_bindgen::prelude::*;

/// A place in a text under a grammar.
#[wasm_bindgen]
pub struct GrammarMatcher {
    matcher: Matcher,
    end: u32,
}

impl GrammarMatcher {
    pub(crate) fn new(matcher: Matcher, end: u32) -> Self {
        Self { matcher, end }
    }
}

#[wasm_bindgen]
impl GrammarMatcher {
    /// The same place, to go on from separately.
    pub fn fork(&self) -> GrammarMatcher {
        Self {
            matcher: self.matcher.clone(),
            end: self.end,
        }
    }

    /// Writes which tokens may follow, [ceil(vocabulary / 32)] bit `t % 32` of word `t >> 5`. A complete text allows the
    /// end token.
    pub fn mask(&mut self, into: &mut [u32]) -> Result<(), JsError> {
        let mask = self.matcher.compute_mask_or_eos().map_err(grammar_error)?;
        let words = mask.as_slice();
        let count = words.len().min(into.len());
        into.fill(0);
        into[..count].copy_from_slice(&words[..count]);
        Ok(())
    }

    /// Goes on by one token that the mask allows.
    pub fn take(&mut self, token: u32) -> Result<(), JsError> {
        if token == self.end {
            return match self.matcher.is_accepting() {
                Ok(true) => Ok(()),
                Ok(false) => Err(JsError::new("the text is not complete")),
                Err(error) => Err(grammar_error(error)),
            };
        }
        self.matcher.consume_token(token).map_err(grammar_error)
    }

    /// The bytes that must follow whatever is chosen; empty where there is a choice.
    #[wasm_bindgen(js_name = forcedBytes)]
    pub fn forced_bytes(&mut self) -> Vec<u8> {
        self.matcher.compute_ff_bytes()
    }

    /// True when the text is complete here.
    #[wasm_bindgen(js_name = isComplete)]
    pub fn is_complete(&mut self) -> Result<bool, JsError> {
        self.matcher.is_accepting().map_err(grammar_error)
    }

    /// True when the text is complete and nothing may follow.
    #[wasm_bindgen(js_name = isEnded)]
    pub fn is_ended(&self) -> bool {
        self.matcher.is_stopped()
    }
}
