//! Weights in the order in which the forward products read them, made again after each change.

use super::error::{resize, Outcome};
use super::parameters::Layout;
use super::shape::Shape;
use crate::linalg::{pack_nt, PackedB};

/// The matrices of one layer.
pub struct LayerPacks {
    pub projections: PackedB,
    pub output: PackedB,
    pub gate_up: PackedB,
    pub down: PackedB,
}

/// All matrices that forward products use.
pub struct Packs {
    pub layers: Vec<LayerPacks>,
    pub head: PackedB,
    fresh: bool,
}

impl Packs {
    /// No packs yet: a model that only carries weights needs none.
    pub fn empty() -> Self {
        Self {
            layers: Vec::new(),
            head: pack_nt(&[], 0, 0),
            fresh: false,
        }
    }

    /// The weights changed.
    pub fn outdate(&mut self) {
        self.fresh = false;
    }

    /// Packs the weights unless they are packed as they are.
    pub fn refresh(&mut self, shape: &Shape, layout: &Layout, parameters: &[f32]) -> Outcome<()> {
        if self.fresh {
            return Ok(());
        }
        if self.layers.is_empty() {
            // Packing allocates and cannot fail softly: ask for the space first.
            resize(&mut Vec::new(), parameters.len())?;
            *self = Self::new(shape, layout, parameters);
            return Ok(());
        }
        for (packs, ranges) in self.layers.iter_mut().zip(&layout.layers) {
            packs
                .projections
                .repack_nt(&parameters[ranges.projections.weight.clone()]);
            packs
                .output
                .repack_nt(&parameters[ranges.output.weight.clone()]);
            packs
                .gate_up
                .repack_nt(&parameters[ranges.gate_up.weight.clone()]);
            packs
                .down
                .repack_nt(&parameters[ranges.down.weight.clone()]);
        }
        self.head.repack_nt(&parameters[layout.head.clone()]);
        self.fresh = true;
        Ok(())
    }

    fn new(shape: &Shape, layout: &Layout, parameters: &[f32]) -> Self {
        let (h, i) = (shape.hidden, shape.intermediate);
        let layers = layout.layers.iter().map(|ranges| LayerPacks {
            projections: pack_nt(
                &parameters[ranges.projections.weight.clone()],
                shape.projected_width(),
                h,
            ),
            output: pack_nt(
                &parameters[ranges.output.weight.clone()],
                h,
                shape.query_width(),
            ),
            gate_up: pack_nt(
                &parameters[ranges.gate_up.weight.clone()],
                shape.up_width(),
                h,
            ),
            down: pack_nt(&parameters[ranges.down.weight.clone()], h, i),
        });
        Self {
            layers: layers.collect(),
            head: pack_nt(&parameters[layout.head.clone()], shape.vocabulary, h),
            fresh: true,
        }
    }
}
