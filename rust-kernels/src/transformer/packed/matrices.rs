//! The packed matrices of a model.

use super::model::PackedFormats;
use crate::packed::{Format, PackedMatrix};
use crate::transformer::error::{refuse, Outcome};
use crate::transformer::shape::Shape;

/// Matrices of one layer; queries, keys and values are one, and so are gate and up.
pub struct LayerMatrices {
    pub projections: PackedMatrix,
    pub output: PackedMatrix,
    pub gate_up: PackedMatrix,
    pub down: PackedMatrix,
}

/// All matrices of a model.
pub struct Matrices {
    pub embedding: PackedMatrix,
    /// None where the head is the embedding.
    pub head: Option<PackedMatrix>,
    pub layers: Vec<LayerMatrices>,
}

fn matrix(format: Format, n: usize, k: usize) -> Outcome<PackedMatrix> {
    match PackedMatrix::new(format, n, k) {
        Some(matrix) => Ok(matrix),
        None => refuse(
            "create a packed transformer",
            format_args!("no memory for a matrix of {n} x {k} weights"),
        ),
    }
}

impl Matrices {
    /// Matrices of zeros.
    pub fn new(shape: &Shape, formats: PackedFormats) -> Outcome<Self> {
        let (h, of) = (shape.hidden, formats.layers);
        let ends = || matrix(formats.head, shape.vocabulary, h);
        let layer = |_| {
            Ok(LayerMatrices {
                projections: matrix(of, shape.projected_width(), h)?,
                output: matrix(of, h, shape.query_width())?,
                gate_up: matrix(of, shape.up_width(), h)?,
                down: matrix(of, h, shape.intermediate)?,
            })
        };
        Ok(Self {
            embedding: ends()?,
            head: if shape.tied { None } else { Some(ends()?) },
            layers: (0..shape.layers).map(layer).collect::<Outcome<_>>()?,
        })
    }

    /// The matrix that the head multiplies with.
    pub fn head(&self) -> &PackedMatrix {
        self.head.as_ref().unwrap_or(&self.embedding)
    }

    /// The matrix in which a tensor lies, and its first row there; None for a tensor that is no matrix of these.
    pub fn find(&mut self, shape: &Shape, name: &str) -> Option<(&mut PackedMatrix, usize)> {
        match name {
            "model.embed_tokens.weight" => return Some((&mut self.embedding, 0)),
            "lm_head.weight" => return self.head.as_mut().map(|head| (head, 0)),
            _ => {}
        }
        let rest = name.strip_prefix("model.layers.")?;
        let (index, part) = rest.split_once('.')?;
        let layer = self.layers.get_mut(index.parse::<usize>().ok()?)?;
        let (q, k) = (shape.query_width(), shape.key_width());
        let gate = if shape.blocks.gated {
            shape.intermediate
        } else {
            0
        };
        match part {
            "self_attn.q_proj.weight" => Some((&mut layer.projections, 0)),
            "self_attn.k_proj.weight" => Some((&mut layer.projections, q)),
            "self_attn.v_proj.weight" => Some((&mut layer.projections, q + k)),
            "self_attn.o_proj.weight" => Some((&mut layer.output, 0)),
            "mlp.gate_proj.weight" if gate > 0 => Some((&mut layer.gate_up, 0)),
            "mlp.up_proj.weight" => Some((&mut layer.gate_up, gate)),
            "mlp.down_proj.weight" => Some((&mut layer.down, 0)),
            _ => None,
        }
    }

    /// Every matrix, in one order.
    pub fn all(&self) -> impl Iterator<Item = &PackedMatrix> {
        let ends = core::iter::once(&self.embedding).chain(self.head.as_ref());
        let layers = self.layers.iter();
        ends.chain(layers.flat_map(|l| [&l.projections, &l.output, &l.gate_up, &l.down]))
    }
}
