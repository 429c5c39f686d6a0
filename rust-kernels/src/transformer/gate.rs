//! The middle of the feed-forward part: a function of the first product's result, gated or not.

use super::activation::{Curve, Gelu, GeluTanh, Silu};
use super::blocks::{Activation, Blocks};
use crate::simd::F32x4;

/// `out = f(gate) ∘ up`, or `out = f(up)` without a gate; f is the activation.
///
/// # Shapes
/// `up [rows, upWidth]`, the gate first in a row; `out [rows, intermediate]`.
pub fn forward(blocks: &Blocks, up: &[f32], intermediate: usize, out: &mut [f32]) {
    match (blocks.activation, blocks.gated) {
        (Activation::Silu, true) => gated::<Silu>(up, intermediate, out),
        (Activation::GeluTanh, true) => gated::<GeluTanh>(up, intermediate, out),
        (Activation::Gelu, true) => gated::<Gelu>(up, intermediate, out),
        (Activation::Silu, false) => plain::<Silu>(up, out),
        (Activation::GeluTanh, false) => plain::<GeluTanh>(up, out),
        (Activation::Gelu, false) => plain::<Gelu>(up, out),
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
    match (blocks.activation, blocks.gated) {
        (Activation::Silu, true) => gated_back::<Silu>(d_out, up, intermediate, d_up, out),
        (Activation::GeluTanh, true) => gated_back::<GeluTanh>(d_out, up, intermediate, d_up, out),
        (Activation::Gelu, true) => gated_back::<Gelu>(d_out, up, intermediate, d_up, out),
        (Activation::Silu, false) => plain_back::<Silu>(d_out, up, d_up, out),
        (Activation::GeluTanh, false) => plain_back::<GeluTanh>(d_out, up, d_up, out),
        (Activation::Gelu, false) => plain_back::<Gelu>(d_out, up, d_up, out),
    }
}

fn gated<F: Curve>(gate_up: &[f32], intermediate: usize, out: &mut [f32]) {
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
            (F::share(g) * (g * F32x4::load(u))).store(o);
        }
        for (o, (&g, &u)) in outs.into_remainder().iter_mut().zip(rest) {
            *o = F::share(F32x4::splat(g)).to_array()[0] * (g * u);
        }
    }
}

fn plain<F: Curve>(up: &[f32], out: &mut [f32]) {
    let xs = up.chunks_exact(4);
    let rest = xs.remainder();
    let mut outs = out.chunks_exact_mut(4);
    for (o, x) in (&mut outs).zip(xs) {
        let x = F32x4::load(x);
        (F::share(x) * x).store(o);
    }
    for (o, &x) in outs.into_remainder().iter_mut().zip(rest) {
        *o = F::share(F32x4::splat(x)).to_array()[0] * x;
    }
}

/// `(d_gate, d_up, out)` of four numbers.
#[inline(always)]
fn gated_four<F: Curve>(g: F32x4, u: F32x4, d: F32x4) -> (F32x4, F32x4, F32x4) {
    let share = F::share(g);
    let value = g * share;
    (d * u * F::slope(g, share), d * value, value * u)
}

fn gated_back<F: Curve>(
    d_out: &[f32],
    gate_up: &[f32],
    intermediate: usize,
    d_gate_up: &mut [f32],
    out: &mut [f32],
) {
    let whole = intermediate / 4 * 4;
    for (((row, d_row), d), out) in gate_up
        .chunks_exact(2 * intermediate)
        .zip(d_gate_up.chunks_exact_mut(2 * intermediate))
        .zip(d_out.chunks_exact(intermediate))
        .zip(out.chunks_exact_mut(intermediate))
    {
        let (gate, up) = row.split_at(intermediate);
        let (d_gate, d_up) = d_row.split_at_mut(intermediate);
        let inputs = gate.chunks_exact(4).zip(up.chunks_exact(4));
        let outputs = d_gate.chunks_exact_mut(4).zip(d_up.chunks_exact_mut(4));
        let ends = d.chunks_exact(4).zip(out.chunks_exact_mut(4));
        for (((g, u), (d_gate, d_up)), (d, o)) in inputs.zip(outputs).zip(ends) {
            let (a, b, c) = gated_four::<F>(F32x4::load(g), F32x4::load(u), F32x4::load(d));
            a.store(d_gate);
            b.store(d_up);
            c.store(o);
        }
        for j in whole..intermediate {
            let splat = F32x4::splat;
            let (a, b, c) = gated_four::<F>(splat(gate[j]), splat(up[j]), splat(d[j]));
            d_gate[j] = a.to_array()[0];
            d_up[j] = b.to_array()[0];
            out[j] = c.to_array()[0];
        }
    }
}

fn plain_back<F: Curve>(d_out: &[f32], up: &[f32], d_up: &mut [f32], out: &mut [f32]) {
    let four = |x: F32x4, d: F32x4| {
        let share = F::share(x);
        (d * F::slope(x, share), x * share)
    };
    let whole = up.len() / 4 * 4;
    let inputs = up.chunks_exact(4).zip(d_out.chunks_exact(4));
    let outputs = d_up.chunks_exact_mut(4).zip(out.chunks_exact_mut(4));
    for ((x, d), (d_up, o)) in inputs.zip(outputs) {
        let (a, b) = four(F32x4::load(x), F32x4::load(d));
        a.store(d_up);
        b.store(o);
    }
    for j in whole..up.len() {
        let (a, b) = four(F32x4::splat(up[j]), F32x4::splat(d_out[j]));
        d_up[j] = a.to_array()[0];
        out[j] = b.to_array()[0];
    }
}
