//! The k most likely.

use super::row::{at_least, block_largest, sort, Row};

/// Tokens per block when the row is skimmed.
const BLOCK: usize = 64;

/// Keeps the `k` most likely, of equals those of lower ids; 0 keeps all.
///
/// The k-th largest of all blocks' largest is a lower bound of the k-th largest token: only what reaches it is sorted.
pub fn top_k(row: &mut Row, k: usize) {
    if k == 0 || k >= row.size {
        return;
    }
    if let Some(whole) = row.whole() {
        let mut best: Vec<f32> = whole.chunks(BLOCK).map(block_largest).collect();
        if k < best.len() {
            best.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
            let list = at_least(whole, best[k - 1]);
            row.keep(list);
        }
    }
    let mut list = core::mem::take(row.list());
    sort(&mut list);
    list.truncate(k);
    row.keep(list);
}
