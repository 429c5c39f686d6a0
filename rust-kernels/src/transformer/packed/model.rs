//! The model, and how its weights come in: piece by piece, in the form of their file.

use super::acting::Acting;
use super::learning::Learning;
use super::matrices::Matrices;
use super::page::{CacheFormat, PageShape};
use super::slots::Slot;
use crate::packed::Format;
use crate::quant::{self, BlockType};
use crate::transformer::adapters::Adapters;
use crate::transformer::blocks::Norm;
use crate::transformer::error::{refuse, resize, Outcome};
use crate::transformer::parameters::Layout;
use crate::transformer::rope::Rope;
use crate::transformer::shape::Shape;

/// How weights and caches are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedFormats {
    /// The products of the layers.
    pub layers: Format,
    /// Embedding and head.
    pub head: Format,
    pub cache: CacheFormat,
}

/// A causal language model with a value head, for inference.
pub struct PackedTransformer {
    pub(super) shape: Shape,
    pub(super) layout: Layout,
    pub(super) formats: PackedFormats,
    pub(super) rope: Rope,
    /// Norms, biases, learned positions and the value head.
    pub(super) parameters: Vec<f32>,
    pub(super) matrices: Matrices,
    pub(super) page: PageShape,
    pub(super) slots: Vec<Option<Slot>>,
    pub(super) acting: Acting,
    pub(super) learning: Learning,
    pub adapters: Adapters,
    /// Of the weights; None after a change.
    pub(super) fingerprint: Option<u64>,
}

impl PackedTransformer {
    /// A model whose weights are all 0 and whose norms are 1. It may have as many parameters as fit the memory.
    ///
    /// # Errors
    /// If the sizes make no model or there is no memory for it.
    pub fn new(shape: Shape, formats: PackedFormats) -> Outcome<Self> {
        shape.check_sizes()?;
        let layout = Layout::without_matrices(&shape);
        let mut parameters = Vec::new();
        resize(&mut parameters, layout.count)?;
        let plain = if shape.blocks.norm == Norm::RmsFromOne {
            0.0
        } else {
            1.0
        };
        for tensor in &layout.tensors {
            if tensor.name.ends_with("norm.weight") {
                parameters[tensor.range.clone()].fill(plain);
            }
        }
        Ok(Self {
            matrices: Matrices::new(&shape, formats)?,
            page: PageShape::new(&shape, formats.cache),
            rope: Rope::new(&shape),
            shape,
            layout,
            formats,
            parameters,
            slots: Vec::new(),
            acting: Acting::default(),
            learning: Learning::default(),
            adapters: Adapters::default(),
            fingerprint: None,
        })
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Number of weights.
    pub fn parameter_count(&self) -> u64 {
        self.shape.count() as u64
    }

    /// Bytes of all weights.
    pub fn weight_bytes(&self) -> usize {
        let matrices: usize = self.matrices.all().map(|m| m.bytes().len()).sum();
        matrices + 4 * self.parameters.len()
    }

    /// Names of all tensors.
    pub fn tensor_names(&self) -> Vec<String> {
        self.layout.tensors.iter().map(|t| t.name.clone()).collect()
    }

    /// As in `Transformer::set_rope_frequencies`; open slots are emptied.
    pub fn set_rope_frequencies(
        &mut self,
        frequencies: &[f32],
        scale: f32,
        set: usize,
    ) -> Outcome<()> {
        self.rope.set_frequencies(frequencies, scale, set)?;
        self.changed();
        Ok(())
    }

    /// As in `Transformer::set_long_rope_frequencies`; open slots are emptied.
    pub fn set_long_rope_frequencies(
        &mut self,
        frequencies: &[f32],
        scale: f32,
        above: usize,
    ) -> Outcome<()> {
        self.rope.set_long(frequencies, scale, above)?;
        self.changed();
        Ok(())
    }

    /// Sizes of a tensor, outer first.
    pub fn tensor_shape(&self, name: &str) -> Outcome<&[u32]> {
        match self.layout.find(name) {
            Some(tensor) => Ok(&tensor.shape),
            None => refuse("read a shape", format_args!("there is no tensor '{name}'")),
        }
    }

    /// Writes rows `first ..` of a tensor from blocks as a file has them (F32 is a block type, too). Where `paired_heads`
    /// is not 0, the file's rows (2i, 2i + 1) of each of so many heads are rows (i, i + d/2) of the model.
    ///
    /// # Errors
    /// If there is no such tensor, bytes and rows do not fit it, or a weight is not finite or too large.
    pub fn write_rows(
        &mut self,
        name: &str,
        kind: BlockType,
        first: usize,
        bytes: &[u8],
        paired_heads: usize,
    ) -> Outcome<()> {
        let cannot = format!("write '{name}'");
        let Some(tensor) = self.layout.find(name) else {
            return refuse(&cannot, "there is no such tensor");
        };
        let (range, sizes) = (tensor.range.clone(), tensor.shape.clone());
        let all: usize = sizes.iter().map(|&s| s as usize).product();
        let rows = if sizes.len() < 2 {
            1
        } else {
            sizes[0] as usize
        };
        let (numbers, size) = kind.block();
        let width = all / rows;
        if !width.is_multiple_of(numbers) {
            let state = format!("rows of {width} are no whole blocks of {numbers}");
            return refuse(&cannot, state);
        }
        let row_bytes = width / numbers * size;
        let count = bytes.len() / row_bytes;
        if !bytes.len().is_multiple_of(row_bytes) || first + count > rows {
            let state = format!(
                "{} bytes are no rows {first} .. of {rows} with {row_bytes} bytes each",
                bytes.len()
            );
            return refuse(&cannot, state);
        }
        if paired_heads > 0 && !rows.is_multiple_of(2 * paired_heads) {
            return refuse(
                &cannot,
                format_args!("{rows} rows are not {paired_heads} heads"),
            );
        }
        let place = |row: usize| {
            let row = first + row;
            if paired_heads == 0 {
                return row;
            }
            let height = rows / paired_heads;
            let inside = row % height;
            row - inside + inside % 2 * (height / 2) + inside / 2
        };
        self.changed();
        if let Some((matrix, start)) = self.matrices.find(&self.shape, name) {
            return match matrix.write_rows(kind, bytes, |row| start + place(row)) {
                Ok(()) => Ok(()),
                Err(row) => refuse(
                    &cannot,
                    format_args!(
                        "row {} has a weight that is not finite or too large",
                        first + row.0
                    ),
                ),
            };
        }
        let mut floats = Vec::new();
        resize(&mut floats, count * width)?;
        quant::dequantize(kind, bytes, &mut floats);
        if let Some(at) = floats.iter().position(|x| !x.is_finite()) {
            return refuse(&cannot, format_args!("number {at} is {}", floats[at]));
        }
        let to = &mut self.parameters[range];
        for (row, from) in floats.chunks_exact(width).enumerate() {
            to[(first + row) * width..][..width].copy_from_slice(from);
        }
        Ok(())
    }

    /// The numbers that rows `first .. first + count` of a tensor stand for.
    ///
    /// # Errors
    /// If there is no such tensor or row.
    pub fn read_rows(&mut self, name: &str, first: usize, count: usize) -> Outcome<Vec<f32>> {
        let cannot = format!("read '{name}'");
        let Some(tensor) = self.layout.find(name) else {
            return refuse(&cannot, "there is no such tensor");
        };
        let (range, sizes) = (tensor.range.clone(), &tensor.shape);
        let rows = if sizes.len() < 2 {
            1
        } else {
            sizes[0] as usize
        };
        let width = sizes.iter().map(|&s| s as usize).product::<usize>() / rows;
        if first.saturating_add(count) > rows {
            return refuse(&cannot, format_args!("there are {rows} rows"));
        }
        let mut out = Vec::new();
        resize(&mut out, count * width)?;
        match self.matrices.find(&self.shape, name) {
            Some((matrix, start)) => {
                for (row, out) in out.chunks_exact_mut(width).enumerate() {
                    matrix.read_row(start + first + row, out);
                }
            }
            None => out.copy_from_slice(&self.parameters[range][first * width..][..count * width]),
        }
        Ok(out)
    }

    /// What was computed with the old weights no longer holds.
    fn changed(&mut self) {
        self.fingerprint = None;
        self.learning.forget();
        for slot in self.slots.iter_mut().flatten() {
            *slot = Slot::default();
        }
    }
}
