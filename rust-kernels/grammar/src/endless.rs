//! Rules that nothing finite satisfies.

use llguidance::earley::{CGrammar, CSymIdx};
use std::collections::HashSet;

/// The name of a rule that can be begun but never finished, such as `list: "a" list`.
///
/// A symbol can be finished when it is a terminal, may be empty, or has a rule all of whose symbols can be finished.
pub fn endless(grammar: &CGrammar) -> Option<String> {
    let symbols = reachable(grammar);
    let mut finished: HashSet<CSymIdx> = HashSet::new();
    loop {
        let before = finished.len();
        for &symbol in &symbols {
            let of = grammar.sym_data(symbol);
            let finishes = of.is_terminal
                || of.is_nullable
                || of.gen_grammar.is_some()
                || of.rules.iter().any(|&rule| {
                    grammar
                        .rule_rhs(rule)
                        .0
                        .iter()
                        .all(|s| finished.contains(s))
                });
            if finishes {
                finished.insert(symbol);
            }
        }
        if finished.len() == before {
            break;
        }
    }
    symbols
        .into_iter()
        .find(|symbol| !finished.contains(symbol))
        .map(|symbol| grammar.sym_data(symbol).name.clone())
}

fn reachable(grammar: &CGrammar) -> Vec<CSymIdx> {
    let mut seen = HashSet::from([grammar.start()]);
    let mut order = vec![grammar.start()];
    let mut at = 0;
    while at < order.len() {
        for &rule in grammar.rules_of(order[at]) {
            for &symbol in grammar.rule_rhs(rule).0 {
                if seen.insert(symbol) {
                    order.push(symbol);
                }
            }
        }
        at += 1;
    }
    order
}
