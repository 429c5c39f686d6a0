//! The matrices that a layer multiplies with: plain ones, which may learn, or packed ones, which are frozen.

use core::ops::Range;

use super::error::{refuse, resize, Outcome};
use super::linear;
use super::packed::{LayerMatrices, Matrices};
use super::packs::{LayerPacks, Packs};
use super::parameters::Layout;
use crate::linalg::{gemm_nn, PackedB};
use crate::packed::{self, Activations, PackedMatrix};
use crate::simd::axpy;

/// Weights that are unpacked together on the way back: 1 MiB, which stays in the second-level cache.
const UNPACKED: usize = 1 << 18;

/// `W [out, in]` of `y = x · Wᵀ + b`.
#[derive(Clone, Copy)]
pub enum Product<'a> {
    /// In panels for the way forward, in rows for the way back.
    Plain {
        pack: &'a PackedB,
        weight: &'a [f32],
    },
    /// Forward, rows of x are rounded to eight bits a number; backward, the weights are what they stand for and the
    /// rounding passes for none (a straight-through estimate).
    Packed(&'a PackedMatrix),
}

/// Memory that one product uses.
#[derive(Default)]
pub struct Scratch {
    activations: Activations,
    unpacked: Vec<f32>,
}

impl Product<'_> {
    /// `y (+)= x · Wᵀ + b`; an empty bias is none.
    ///
    /// # Shapes
    /// `x [rows, in]`, `y [rows, out]`, `bias [out]`.
    pub fn forward(
        &self,
        rows: usize,
        x: &[f32],
        bias: &[f32],
        y: &mut [f32],
        accumulate: bool,
        scratch: &mut Scratch,
    ) -> Outcome<()> {
        match self {
            Self::Plain { pack, .. } => linear::forward_biased(rows, x, pack, bias, y, accumulate),
            Self::Packed(matrix) => {
                forward_packed(
                    x,
                    rows,
                    matrix,
                    bias,
                    y,
                    accumulate,
                    &mut scratch.activations,
                )?;
            }
        }
        Ok(())
    }

    /// `d_x = d_y · W`.
    ///
    /// # Shapes
    /// As in [`Product::forward`].
    pub fn backward_input(
        &self,
        rows: usize,
        d_y: &[f32],
        d_x: &mut [f32],
        scratch: &mut Scratch,
    ) -> Outcome<()> {
        let matrix = match self {
            Self::Plain { weight, .. } => {
                linear::backward_input(rows, d_y, weight, d_x);
                return Ok(());
            }
            Self::Packed(matrix) => matrix,
        };
        let (n, k) = (matrix.n(), matrix.k());
        let together = PackedMatrix::whole_tiles(UNPACKED / k.max(1));
        resize(&mut scratch.unpacked, together.min(n) * k)?;
        for first in (0..n).step_by(together) {
            let count = together.min(n - first);
            let unpacked = &mut scratch.unpacked[..count * k];
            matrix.read_tiles(first, unpacked);
            let later = first > 0;
            gemm_nn(rows, k, count, &d_y[first..], n, unpacked, k, d_x, k, later);
        }
        Ok(())
    }
}

/// `y (+)= x · Wᵀ + b` with packed weights; an empty bias is none.
///
/// # Shapes
/// `x [rows, in]`, `matrix [out, in]`, `y [rows, out]`, `bias [out]`.
pub fn forward_packed(
    x: &[f32],
    rows: usize,
    matrix: &PackedMatrix,
    bias: &[f32],
    y: &mut [f32],
    accumulate: bool,
    activations: &mut Activations,
) -> Outcome<()> {
    if !activations.quantize(matrix.format(), x, rows, matrix.k()) {
        return refuse(
            "compute",
            format_args!("no memory for {rows} rows of activations"),
        );
    }
    if !bias.is_empty() {
        for y in y.chunks_exact_mut(bias.len()).take(rows) {
            if accumulate {
                axpy(1.0, bias, y);
            } else {
                y.copy_from_slice(bias);
            }
        }
    }
    packed::multiply(activations, matrix, y, accumulate || !bias.is_empty());
    Ok(())
}

/// The products of one layer.
pub struct LayerProducts<'a> {
    pub projections: Product<'a>,
    pub output: Product<'a>,
    pub gate_up: Product<'a>,
    pub down: Product<'a>,
}

/// The products of a model.
#[derive(Clone, Copy)]
pub enum Products<'a> {
    Plain {
        packs: &'a Packs,
        layout: &'a Layout,
        parameters: &'a [f32],
    },
    Packed(&'a Matrices),
}

impl<'a> Products<'a> {
    pub fn layer(&self, index: usize) -> LayerProducts<'a> {
        match *self {
            Self::Plain {
                packs,
                layout,
                parameters,
            } => {
                let ranges = &layout.layers[index];
                let LayerPacks {
                    projections,
                    output,
                    gate_up,
                    down,
                } = &packs.layers[index];
                let plain = |pack: &'a PackedB, range: &Range<usize>| Product::Plain {
                    pack,
                    weight: &parameters[range.clone()],
                };
                LayerProducts {
                    projections: plain(projections, &ranges.projections.weight),
                    output: plain(output, &ranges.output.weight),
                    gate_up: plain(gate_up, &ranges.gate_up.weight),
                    down: plain(down, &ranges.down.weight),
                }
            }
            Self::Packed(matrices) => {
                let LayerMatrices {
                    projections,
                    output,
                    gate_up,
                    down,
                } = &matrices.layers[index];
                LayerProducts {
                    projections: Product::Packed(projections),
                    output: Product::Packed(output),
                    gate_up: Product::Packed(gate_up),
                    down: Product::Packed(down),
                }
            }
        }
    }

    pub fn head(&self) -> Product<'a> {
        match *self {
            Self::Plain {
                packs,
                layout,
                parameters,
            } => Product::Plain {
                pack: &packs.head,
                weight: &parameters[layout.head.clone()],
            },
            Self::Packed(matrices) => Product::Packed(matrices.head()),
        }
    }
}
