//! Tokens that begin at one place of a text.

use super::pairs::Pairs;

const NONE: u32 = u32::MAX;

/// A tree of tokens by their bytes.
pub struct Trie {
    /// (node, byte) → node.
    edges: Pairs,
    /// Token that ends at a node, or [`NONE`].
    ends: Vec<u32>,
}

impl Trie {
    pub const ROOT: u32 = 0;

    /// Of equal tokens the last one counts.
    pub fn new(tokens: &[(u32, Vec<u8>)]) -> Self {
        let mut order: Vec<usize> = (0..tokens.len()).collect();
        order.sort_unstable_by(|&a, &b| tokens[a].1.cmp(&tokens[b].1).then(a.cmp(&b)));
        let (mut edges, mut ends) = (Vec::new(), vec![NONE]);
        // nodes of the token before: what two neighbours share is made once
        let mut path: Vec<u32> = vec![Self::ROOT];
        let mut before: &[u8] = &[];
        for (id, bytes) in order.into_iter().map(|at| &tokens[at]) {
            let shared = before.iter().zip(bytes).take_while(|(a, b)| a == b);
            path.truncate(shared.count() + 1);
            for &byte in &bytes[path.len() - 1..] {
                let node = ends.len() as u32;
                edges.push([path[path.len() - 1], byte as u32, node]);
                ends.push(NONE);
                path.push(node);
            }
            ends[path[path.len() - 1] as usize] = *id;
            before = bytes;
        }
        Self {
            edges: Pairs::new(&edges),
            ends,
        }
    }

    /// The node that `byte` leads to.
    #[inline]
    pub fn child(&self, node: u32, byte: u8) -> Option<u32> {
        self.edges.get(node, byte as u32).map(|(_, child)| child)
    }

    /// The node that all of `bytes` lead to.
    pub fn descend(&self, from: u32, bytes: &[u8]) -> Option<u32> {
        bytes
            .iter()
            .try_fold(from, |node, &byte| self.child(node, byte))
    }

    /// The token that ends at a node.
    #[inline]
    pub fn token(&self, node: u32) -> Option<u32> {
        let id = self.ends[node as usize];
        (id != NONE).then_some(id)
    }

    /// The token of exactly these bytes.
    pub fn get(&self, bytes: &[u8]) -> Option<u32> {
        self.token(self.descend(Self::ROOT, bytes)?)
    }

    /// Every token that `text` begins with, after what leads to `from`: bytes of the text and id, shortest first.
    pub fn prefixes<'a>(
        &'a self,
        from: u32,
        text: &'a [u8],
    ) -> impl Iterator<Item = (usize, u32)> + 'a {
        let mut node = Some(from);
        text.iter()
            .enumerate()
            .map_while(move |(at, &byte)| {
                node = self.child(node?, byte);
                node.map(|node| (at + 1, self.token(node)))
            })
            .filter_map(|(length, id)| id.map(|id| (length, id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_gives_all_shortest_first() {
        let tokens = ["ab", "a", "abcd", "b", "ab"];
        let numbered = tokens
            .iter()
            .enumerate()
            .map(|(id, t)| (id as u32, t.as_bytes().to_vec()));
        let trie = Trie::new(&numbered.collect::<Vec<_>>());
        let found: Vec<_> = trie.prefixes(Trie::ROOT, b"abcd").collect();
        assert_eq!(found, [(1, 1), (2, 4), (4, 2)]);
        assert_eq!(trie.get(b"abc"), None);
        assert_eq!(trie.get(b"b"), Some(3));
        let after_a = trie.descend(Trie::ROOT, b"a").unwrap();
        assert_eq!(trie.prefixes(after_a, b"bc").collect::<Vec<_>>(), [(1, 4)]);
    }
}
