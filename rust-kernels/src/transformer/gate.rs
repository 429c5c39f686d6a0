//! The middle of the feed-forward part: a function of the first product's result, gated or not.

use super::activation::{shares, slopes};
use super::blocks::{Activation, Blocks};
use crate::simd::{sigmoid, sigmoid_in_place, F32x4};

/// `out = f(gate) ∘ up`, or `out = f(up)` without a gate; f is the activation.
///
/// # Shapes
/// `up [rows, upWidth]`, the gate first in a row; `out [rows, intermediate]`.
pub fn forward(blocks: &Blocks, up: &[f32], intermediate: usize, out: &mut [f32]) {
    if blocks.gated && blocks.activation == Activation::Silu {
        return swiglu(up, intermediate, out);
    }
    let width = if blocks.gated { 2 } else { 1 } * intermediate;
    for (row, out) in up
        .chunks_exact(width)
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (x, rest) = row.split_at(intermediate);
        shares(blocks.activation, x, out);
        for (o, x) in out.iter_mut().zip(x) {
            *o *= x;
        }
        for (o, u) in out.iter_mut().zip(rest) {
            *o *= u;
        }
    }
}

/// `out = silu(gate) ∘ up` in one pass: what most models have.
fn swiglu(gate_up: &[f32], intermediate: usize, out: &mut [f32]) {
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

/// Turns `d_out` into the gradient of `up`, and repeats the result of [`forward`] on the way.
///
/// ```text
/// d_gate = d · up · f′(gate);  d_up = d · f(gate)          gated
/// d_up   = d · f′(up)                                      not gated
/// ```
///
/// # Shapes
/// `up`, `d_up` `[rows, upWidth]`; `d_out`, `out` `[rows, intermediate]`.
pub fn backward(
    blocks: &Blocks,
    d_out: &[f32],
    up: &[f32],
    intermediate: usize,
    d_up: &mut [f32],
    out: &mut [f32],
) {
    if blocks.gated && blocks.activation == Activation::Silu {
        return swiglu_backward(d_out, up, intermediate, d_up, out);
    }
    let width = if blocks.gated { 2 } else { 1 } * intermediate;
    for (((row, d_row), d), out) in up
        .chunks_exact(width)
        .zip(d_up.chunks_exact_mut(width))
        .zip(d_out.chunks_exact(intermediate))
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (x, up) = row.split_at(intermediate);
        let (d_x, d_up) = d_row.split_at_mut(intermediate);
        shares(blocks.activation, x, d_x);
        for ((o, share), x) in out.iter_mut().zip(d_x.iter()).zip(x) {
            *o = share * x;
        }
        slopes(blocks.activation, x, d_x);
        for (d_x, d) in d_x.iter_mut().zip(d) {
            *d_x *= d;
        }
        let gated = d_x.iter_mut().zip(d_up).zip(up);
        for (((d_x, d_up), u), (o, d)) in gated.zip(out.iter_mut().zip(d)) {
            *d_x *= u;
            *d_up = d * *o;
            *o *= u;
        }
    }
}

/// [`backward`] of [`swiglu`]: `f′ = σ + g·σ·(1 − σ)`.
fn swiglu_backward(
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
