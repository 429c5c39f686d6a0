//! The k most likely.

use super::row::Row;

/// Keeps the `k` most likely, of equals those of lower ids; 0 keeps all.
pub fn top_k(row: &mut Row, k: usize) {
    if k > 0 && k < row.size {
        let best = row.best(k);
        row.keep(best);
    }
}
