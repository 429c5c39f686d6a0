//! Token embedding.

/// `out[r] = E[tokens[r]]`.
///
/// # Shapes
/// `tokens [rows]`, each below the vocabulary; `table [vocabulary, hidden]`; `out [rows, hidden]`.
pub fn forward(tokens: &[u32], table: &[f32], hidden: usize, out: &mut [f32]) {
    for (&token, row) in tokens.iter().zip(out.chunks_exact_mut(hidden)) {
        row.copy_from_slice(&table[token as usize * hidden..][..hidden]);
    }
}

/// `dE[tokens[r]] += d_out[r]`, in row order.
///
/// # Shapes
/// As in [`forward`]; `d_table [vocabulary, hidden]`.
pub fn backward(tokens: &[u32], d_out: &[f32], hidden: usize, d_table: &mut [f32]) {
    for (&token, row) in tokens.iter().zip(d_out.chunks_exact(hidden)) {
        let target = &mut d_table[token as usize * hidden..][..hidden];
        for (t, d) in target.iter_mut().zip(row) {
            *t += d;
        }
    }
}
