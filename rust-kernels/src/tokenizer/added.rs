//! Tokens that are found in a text before anything else is done to it.

/// A literal string that is always one token.
#[derive(Clone, Debug)]
pub struct AddedToken {
    pub id: u32,
    pub bytes: Vec<u8>,
    /// A mark of the format (end of text, ...), not of the text: plain text unless asked for.
    pub special: bool,
}

struct Node {
    byte: u8,
    child: u32,
    sibling: u32,
    token: u32,
}

const NONE: u32 = u32::MAX;

/// A trie of added tokens that finds the leftmost, and of those the longest.
pub struct AddedTokens {
    tokens: Vec<AddedToken>,
    nodes: Vec<Node>,
    starts: [u32; 256],
}

impl AddedTokens {
    pub fn new(tokens: Vec<AddedToken>) -> Self {
        let mut trie = Self {
            tokens: Vec::new(),
            nodes: Vec::new(),
            starts: [NONE; 256],
        };
        for (index, token) in tokens.iter().enumerate() {
            trie.insert(&token.bytes, index as u32);
        }
        trie.tokens = tokens;
        trie
    }

    fn insert(&mut self, bytes: &[u8], token: u32) {
        let Some((&first, rest)) = bytes.split_first() else {
            return;
        };
        if self.starts[first as usize] == NONE {
            self.starts[first as usize] = self.push(first, NONE);
        }
        let mut at = self.starts[first as usize];
        for &byte in rest {
            let child = self.child(at, byte);
            at = if child == NONE {
                let new = self.push(byte, self.nodes[at as usize].child);
                self.nodes[at as usize].child = new;
                new
            } else {
                child
            };
        }
        self.nodes[at as usize].token = token;
    }

    fn push(&mut self, byte: u8, sibling: u32) -> u32 {
        self.nodes.push(Node {
            byte,
            child: NONE,
            sibling,
            token: NONE,
        });
        self.nodes.len() as u32 - 1
    }

    fn child(&self, at: u32, byte: u8) -> u32 {
        let mut child = self.nodes[at as usize].child;
        while child != NONE && self.nodes[child as usize].byte != byte {
            child = self.nodes[child as usize].sibling;
        }
        child
    }

    /// The first occurrence at or after `from`: its start and the token.
    pub fn find(&self, text: &[u8], from: usize) -> Option<(usize, &AddedToken)> {
        if self.tokens.is_empty() {
            return None;
        }
        for start in from..text.len() {
            let mut at = self.starts[text[start] as usize];
            let mut found = NONE;
            let mut end = start;
            while at != NONE {
                let token = self.nodes[at as usize].token;
                if token != NONE {
                    found = token;
                }
                end += 1;
                at = text.get(end).map_or(NONE, |&byte| self.child(at, byte));
            }
            if found != NONE {
                return Some((start, &self.tokens[found as usize]));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_gives_the_leftmost_longest() {
        let token = |id, text: &str| AddedToken {
            id,
            bytes: text.into(),
            special: false,
        };
        let trie = AddedTokens::new(vec![token(0, "ab"), token(1, "abcd"), token(2, "bc")]);
        let find = |text: &str| trie.find(text.as_bytes(), 0).map(|(at, t)| (at, t.id));
        assert_eq!(find("xxabcx"), Some((2, 0)));
        assert_eq!(find("abcd"), Some((0, 1)));
        assert_eq!(find("xbc"), Some((1, 2)));
        assert_eq!(find("ac"), None);
    }
}
