//! A tokenizer as grammars see it.

use crate::endless::endless;
use crate::grammar_error::grammar_error;
use crate::matcher::GrammarMatcher;
use anyhow::{bail, ensure, Result};
use llguidance::api::{GrammarWithLexer, TopLevelGrammar};
use llguidance::{Matcher, ParserFactory};
use std::sync::Arc;
use toktrie::{ApproximateTokEnv, InferenceCapabilities, TokEnv, TokRxInfo, TokTrie};
use wasm_bindgen::prelude::*;

/// The bytes of every token, as a tree that a grammar walks to find which tokens it allows.
#[wasm_bindgen]
pub struct GrammarVocabulary {
    factory: ParserFactory,
    end: u32,
}

/// The JSON texts that most tokens are parts of: a state that allows all of them needs no walk.
const SLICES: [&str; 3] = [
    r#"[^"\\\x00-\x1F\x7F]{1,10}"#,
    r#"[^"\\\x00-\x1F\x7F]{1,30}"#,
    r#"[^"\\\x00-\x1F\x7F]+"#,
];

fn make(bytes: &[u8], lengths: &[u32], end: u32) -> Result<GrammarVocabulary> {
    ensure!(
        (end as usize) < lengths.len(),
        "the end token {end} is no token of {}",
        lengths.len()
    );
    let total: u64 = lengths.iter().map(|&n| n as u64).sum();
    ensure!(
        total == bytes.len() as u64,
        "the tokens have {total} bytes, got {}",
        bytes.len()
    );
    let mut rest = bytes;
    let mut words = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let (word, others) = rest.split_at(length as usize);
        words.push(word.to_vec());
        rest = others;
    }
    words[end as usize] = b"\xff<end>".to_vec();
    let trie = TokTrie::from(&TokRxInfo::new(words.len() as u32, end), &words);
    let env: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
    let slices = SLICES.map(String::from);
    let mut factory = ParserFactory::new(&env, InferenceCapabilities::default(), &slices)?;
    factory.quiet();
    let limits = factory.limits_mut();
    limits.max_lexer_states = 30_000;
    limits.max_grammar_size = 200_000;
    limits.max_items_in_row = 10_000;
    limits.step_max_items = 500_000;
    limits.verbose_errors = false;
    Ok(GrammarVocabulary { factory, end })
}

#[wasm_bindgen]
impl GrammarVocabulary {
    /// `bytes` holds all tokens one after the other, `lengths` their lengths by id; a token without bytes is never
    /// allowed. `end` is the token that closes a text.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8], lengths: &[u32], end: u32) -> Result<GrammarVocabulary, JsError> {
        make(bytes, lengths, end).map_err(grammar_error)
    }

    /// A grammar in the syntax of Lark, at its beginning.
    pub fn lark(&self, grammar: &str) -> Result<GrammarMatcher, JsError> {
        self.compile(grammar).map_err(grammar_error)
    }

    /// True when some token begins with these bytes and has more.
    pub fn extends(&self, bytes: &[u8]) -> bool {
        self.factory.tok_env().tok_trie().has_extensions(bytes)
    }
}

impl GrammarVocabulary {
    fn compile(&self, grammar: &str) -> Result<GrammarMatcher> {
        let grammar = TopLevelGrammar {
            grammars: vec![GrammarWithLexer {
                lark_grammar: Some(grammar.to_string()),
                ..Default::default()
            }],
            max_tokens: None,
        };
        let parser = self.factory.create_parser(grammar)?;
        if let Some(rule) = endless(parser.parser.grammar()) {
            bail!("rule '{rule}' never ends");
        }
        let matcher = Matcher::new(Ok(parser));
        if let Some(error) = matcher.get_error() {
            bail!(error);
        }
        Ok(GrammarMatcher::new(matcher, self.end))
    }
}
