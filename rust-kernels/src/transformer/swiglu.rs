//! The gate of the feed-forward part.

use crate::simd::{sigmoid, sigmoid_in_place, F32x4};

/// `out = silu(gate) ∘ up` with `silu(g) = g · σ(g)`, `σ(g) = 1 / (1 + e⁻ᵍ)`.
///
/// # Shapes
/// `gate_up [rows, 2·intermediate]`, gate first; `out [rows, intermediate]`.
pub fn forward(gate_up: &[f32], intermediate: usize, out: &mut [f32]) {
    for (row, out) in gate_up
        .chunks_exact(2 * intermediate)
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (gate, up) = row.split_at(intermediate);
        let (gates, ups) = (gate.chunks_exact(4), up.chunks_exact(4));
        let rest = gates.remainder().iter().zip(ups.remainder());
        let mut outs = out.chunks_exact_mut(4);
        for ((o, g), u) in (&mut outs).zip(gates).zip(ups) {
            let g = F32x4::load(g);
            (sigmoid(g) * (g * F32x4::load(u))).store(o);
        }
        for (o, (&g, &u)) in outs.into_remainder().iter_mut().zip(rest) {
            *o = sigmoid(F32x4::splat(g)).to_array()[0] * (g * u);
        }
    }
}

/// Turns `d_out` into the gradient of `gate_up`, and repeats the result of [`forward`] on the way.
///
/// ```text
/// d_gate = d · up · (σ + g·σ·(1 − σ));  d_up = d · g · σ
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
        out.copy_from_slice(gate);
        sigmoid_in_place(out);
        let inputs = gate.iter().zip(up).zip(d);
        let outputs = d_gate.iter_mut().zip(d_up).zip(out);
        for (((g, u), d), ((d_gate, d_up), o)) in inputs.zip(outputs) {
            let sigma = *o;
            let silu = g * sigma;
            *o = silu * u;
            *d_up = d * silu;
            *d_gate = d * u * (sigma + silu * (1.0 - sigma));
        }
    }
}
