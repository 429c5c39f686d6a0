//! Pre-tokenizers: where a text is cut before pairs of bytes are merged.

use super::unicode::{is_letter, is_number};

/// The expressions that published byte-level tokenizers cut with, written by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The whole text is one piece.
    Whole,
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    Gpt2,
    /// Every number character alone, then [`Split::Gpt2`] on what lies between.
    Gpt2Digits,
    /// Every run of number characters alone, then [`Split::Gpt2`] on what lies between.
    Gpt2Numbers,
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    /// with `n` of 3 (Llama 3) or 1 (Qwen 2).
    Llama3 { digits: usize },
}

impl Split {
    /// Calls `piece` for every piece of `text`, in order; together they are the whole text.
    pub fn each<'t>(self, text: &'t str, mut piece: impl FnMut(&'t str)) {
        match self {
            Split::Whole => {
                if !text.is_empty() {
                    piece(text)
                }
            }
            Split::Gpt2 => cut(text, gpt2, &mut piece),
            Split::Gpt2Digits => around_numbers(
                text,
                |run| run.chars().next().map_or(0, char::len_utf8),
                piece,
            ),
            Split::Gpt2Numbers => around_numbers(text, |numbers| run(numbers, is_number), piece),
            Split::Llama3 { digits } => cut(text, |rest| llama3(rest, digits), &mut piece),
        }
    }
}

/// Cuts pieces of `length` off runs of number characters, and [`Split::Gpt2`]'s off what lies between.
fn around_numbers<'t>(
    text: &'t str,
    length: impl Fn(&str) -> usize,
    mut piece: impl FnMut(&'t str),
) {
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find(is_number).unwrap_or(rest.len());
        cut(&rest[..words], gpt2, &mut piece);
        rest = &rest[words..];
        if !rest.is_empty() {
            let (head, tail) = rest.split_at(length(rest));
            piece(head);
            rest = tail;
        }
    }
}

/// Cuts off pieces of the length that `length` says until nothing is left.
fn cut<'t>(text: &'t str, length: impl Fn(&str) -> usize, piece: &mut impl FnMut(&'t str)) {
    let mut rest = text;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(length(rest));
        piece(head);
        rest = tail;
    }
}

/// Bytes of the longest start of `text` whose characters all satisfy `class`.
fn run(text: &str, class: impl Fn(char) -> bool) -> usize {
    text.find(|c| !class(c)).unwrap_or(text.len())
}

fn is_symbol(c: char) -> bool {
    !c.is_whitespace() && !is_letter(c) && !is_number(c)
}

fn is_newline(c: char) -> bool {
    c == '\r' || c == '\n'
}

/// Bytes of an English contraction at the start, or 0. Folding case also folds the long s.
fn contraction(text: &str, fold_case: bool) -> usize {
    let Some(rest) = text.strip_prefix('\'') else {
        return 0;
    };
    let lower = |c: char| match c {
        'ſ' if fold_case => 's',
        c if fold_case => c.to_ascii_lowercase(),
        c => c,
    };
    let mut characters = rest.chars();
    let first = characters.next();
    match (first.map(lower), characters.next().map(lower)) {
        (Some('s' | 't' | 'm' | 'd'), _) => 1 + first.map_or(0, char::len_utf8),
        (Some('r' | 'v'), Some('e')) | (Some('l'), Some('l')) => 3,
        _ => 0,
    }
}

/// `\s+(?!\S)|\s+`: white space before a word leaves its last character to that word.
fn spaces(text: &str) -> usize {
    let all = run(text, char::is_whitespace);
    if all == text.len() {
        return all;
    }
    let last = text[..all].chars().next_back().map_or(0, char::len_utf8);
    if all > last {
        all - last
    } else {
        all
    }
}

fn gpt2(text: &str) -> usize {
    let short = contraction(text, false);
    if short > 0 {
        return short;
    }
    let space = usize::from(text.starts_with(' '));
    match text[space..].chars().next() {
        Some(c) if is_letter(c) => space + run(&text[space..], is_letter),
        Some(c) if is_number(c) => space + run(&text[space..], is_number),
        Some(c) if !c.is_whitespace() => space + run(&text[space..], is_symbol),
        _ => spaces(text),
    }
}

fn llama3(text: &str, digits: usize) -> usize {
    let short = contraction(text, true);
    if short > 0 {
        return short;
    }
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if is_letter(first) {
        return run(text, is_letter);
    }
    if is_number(first) {
        return text
            .char_indices()
            .take(digits)
            .take_while(|&(_, c)| is_number(c))
            .last()
            .map_or(0, |(at, c)| at + c.len_utf8());
    }
    let after = &text[first.len_utf8()..];
    if !is_newline(first) && after.starts_with(is_letter) {
        return first.len_utf8() + run(after, is_letter);
    }
    let space = usize::from(first == ' ');
    if text[space..].starts_with(is_symbol) {
        let symbols = space + run(&text[space..], is_symbol);
        return symbols + run(&text[symbols..], is_newline);
    }
    // `\s*[\r\n]+` gives back white space until a line end stands last
    let all = run(text, char::is_whitespace);
    match text[..all].rfind(is_newline) {
        Some(at) => at + 1,
        None => spaces(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(split: Split, text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        split.each(text, |p| out.push(p));
        out
    }

    #[test]
    fn gpt2_keeps_the_space_with_its_word() {
        assert_eq!(
            pieces(Split::Gpt2, "I'll pay  42 EUR!  "),
            ["I", "'ll", " pay", " ", " 42", " EUR", "!", "  "]
        );
    }

    #[test]
    fn gpt2_digits_cuts_numbers_into_characters() {
        assert_eq!(
            pieces(Split::Gpt2Digits, "is O42 here"),
            ["is", " O", "4", "2", " here"]
        );
        assert_eq!(pieces(Split::Gpt2Digits, " 7"), [" ", "7"]);
        assert_eq!(
            pieces(Split::Gpt2Numbers, "is O42, 7"),
            ["is", " O", "42", ",", " ", "7"]
        );
    }

    #[test]
    fn llama3_takes_digits_in_threes_and_newlines_with_symbols() {
        let split = Split::Llama3 { digits: 3 };
        assert_eq!(
            pieces(split, "(x) 12345;\n\n  Y'LL"),
            ["(x", ")", " ", "123", "45", ";\n\n", " ", " Y", "'LL"]
        );
        assert_eq!(pieces(split, "a \n \n b"), ["a", " \n \n", " b"]);
        assert_eq!(pieces(Split::Llama3 { digits: 1 }, "12"), ["1", "2"]);
    }

    #[test]
    fn pieces_are_the_whole_text() {
        let text = "\u{a0} ſ'ſ \r\n\r\n½²٣٤٥٦ 'Re—…\t\tz";
        for split in [
            Split::Whole,
            Split::Gpt2,
            Split::Gpt2Digits,
            Split::Gpt2Numbers,
            Split::Llama3 { digits: 3 },
        ] {
            assert_eq!(pieces(split, text).concat(), text);
        }
    }
}
