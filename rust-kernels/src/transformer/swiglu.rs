//! The gate of the feed-forward part.

use super::exp::exp;

/// `out = silu(gate) ∘ up` with `silu(g) = g / (1 + e⁻ᵍ)`.
///
/// # Shapes
/// `gate_up [rows, 2·intermediate]`, gate first; `out [rows, intermediate]`.
pub fn forward(gate_up: &[f32], intermediate: usize, out: &mut [f32]) {
    for (row, out) in gate_up
        .chunks_exact(2 * intermediate)
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (gate, up) = row.split_at(intermediate);
        for ((o, g), u) in out.iter_mut().zip(gate).zip(up) {
            *o = g / (1.0 + exp(-g)) * u;
        }
    }
}

/// Turns `d_out` into the gradient of `gate_up`, and repeats the result of [`forward`] on the way.
///
/// ```text
/// σ = 1 / (1 + e⁻ᵍ);  d_gate = d · up · σ · (1 + g·(1 − σ));  d_up = d · g · σ
/// ```
///
/// # Shapes
/// `gate_up`, `d_gate_up` `[rows, 2·intermediate]`; `d_out`, `out` `[rows, intermediate]`.
pub fn backward(
    d_out: &[f32],
    gate_up: &[f32],
    intermediate: usize,
    d_gate_up: &mut [f32],
    out: &mut [f32],
) {
    for (((row, d_row), d), out) in gate_up
        .chunks_exact(2 * intermediate)
        .zip(d_gate_up.chunks_exact_mut(2 * intermediate))
        .zip(d_out.chunks_exact(intermediate))
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (gate, up) = row.split_at(intermediate);
        let (d_gate, d_up) = d_row.split_at_mut(intermediate);
        for i in 0..intermediate {
            let sigma = 1.0 / (1.0 + exp(-gate[i]));
            let silu = gate[i] * sigma;
            out[i] = silu * up[i];
            d_up[i] = d[i] * silu;
            d_gate[i] = d[i] * up[i] * (sigma + silu * (1.0 - sigma));
        }
    }
}
