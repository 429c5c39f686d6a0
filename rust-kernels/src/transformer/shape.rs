//! Sizes of a model.

use super::attention::QUERY_BLOCK;
use super::blocks::{Blocks, Norm};
use super::error::{refuse, Outcome};

/// Sizes and constants of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    pub vocabulary: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub key_value_heads: usize,
    pub head_dimension: usize,
    pub intermediate: usize,
    pub maximum_positions: usize,
    pub rope_theta: f64,
    pub norm_epsilon: f32,
    /// True when the head is the embedding.
    pub tied: bool,
    pub blocks: Blocks,
}

/// More parameters than this do not fit beside their gradients in the 4 GiB that a WASM instance can address.
const MAXIMUM_PARAMETERS: u64 = 1 << 28;
/// More layers: each has a dozen tables besides its weights.
const MAXIMUM_LAYERS: usize = 1 << 12;
/// Numbers that fill the whole address space of a WASM memory.
const MEMORY: u64 = 1 << 30;

impl Shape {
    /// Checks that the sizes make a model.
    ///
    /// # Errors
    /// If a size is 0, the head dimension is odd, the heads are no multiple of the key-value heads, a constant is not
    /// positive and finite, or the model would have more than 2²⁸ parameters.
    pub fn check(&self) -> Outcome<()> {
        self.check_sizes()?;
        if self.count() > MAXIMUM_PARAMETERS as u128 {
            let state = format!("{} parameters, at most 2^28", self.count());
            return refuse("create a transformer", state);
        }
        Ok(())
    }

    /// As [`Shape::check`], however many parameters there are.
    pub fn check_sizes(&self) -> Outcome<()> {
        let sizes = [
            ("vocabularySize", self.vocabulary),
            ("hiddenSize", self.hidden),
            ("layers", self.layers),
            ("heads", self.heads),
            ("keyValueHeads", self.key_value_heads),
            ("headDimension", self.head_dimension),
            ("intermediateSize", self.intermediate),
            ("maximumPositions", self.maximum_positions),
        ];
        for (name, size) in sizes {
            if size == 0 || size as u64 > MAXIMUM_PARAMETERS {
                return refuse("create a transformer", format_args!("{name} is {size}"));
            }
        }
        if self.layers > MAXIMUM_LAYERS {
            let state = format!("{} layers, at most {MAXIMUM_LAYERS}", self.layers);
            return refuse("create a transformer", state);
        }
        if !self.head_dimension.is_multiple_of(2) {
            let state = format!("headDimension {} is odd", self.head_dimension);
            return refuse("create a transformer", state);
        }
        if !self.heads.is_multiple_of(self.key_value_heads) {
            let (h, k) = (self.heads, self.key_value_heads);
            let state = format!("heads {h} is not a multiple of keyValueHeads {k}");
            return refuse("create a transformer", state);
        }
        let epsilon = self.norm_epsilon;
        let theta_is_right = self.rope_theta.is_finite() && self.rope_theta > 0.0;
        let epsilon_is_right = epsilon.is_finite() && epsilon >= 0.0;
        if !theta_is_right || !epsilon_is_right {
            let state = format!("ropeTheta {}, normEpsilon {epsilon}", self.rope_theta);
            return refuse("create a transformer", state);
        }
        self.blocks.check(self.layers)
    }

    /// Number of parameters, without overflow.
    pub(super) fn count(&self) -> u128 {
        let [v, h, l, i, d, p] = [
            self.vocabulary,
            self.hidden,
            self.layers,
            self.intermediate,
            self.head_dimension,
            self.maximum_positions,
        ]
        .map(|x| x as u128);
        let (heads, kv) = (self.heads as u128, self.key_value_heads as u128);
        let (blocks, up) = (&self.blocks, if self.blocks.gated { 2 } else { 1 });
        let when = |holds: bool, count: u128| if holds { count } else { 0 };
        let norm = if blocks.norm == Norm::Layer { 2 * h } else { h };
        let layer = h * d * (2 * heads + 2 * kv)
            + (up + 1) * h * i
            + norm * if blocks.post_norms { 4 } else { 2 }
            + when(blocks.query_key_norms, 2 * d)
            + when(blocks.projection_bias, d * (heads + 2 * kv))
            + when(blocks.output_bias, h)
            + when(blocks.feed_forward_bias, up * i + h);
        let ends = when(!self.tied, v * h) + when(blocks.learned_positions, p * h);
        v * h + l * layer + norm + ends + h + 1
    }

    /// Refuses more rows than the widest array per row has room for, so that no later product of sizes overflows.
    ///
    /// # Errors
    /// If `rows` of the widest intermediate result, or of the vocabulary where `logits`, exceed any memory.
    pub fn check_rows(&self, cannot: &str, rows: usize, logits: bool) -> Outcome<()> {
        let widest = [
            self.hidden,
            self.projected_width(),
            self.up_width(),
            self.group().max(QUERY_BLOCK),
            if logits { self.vocabulary } else { 0 },
        ];
        let width = widest.into_iter().max().unwrap_or(0) as u64;
        if (rows as u64).saturating_mul(width) > MEMORY {
            return refuse(
                cannot,
                format_args!("no memory for {rows} rows of {width} numbers"),
            );
        }
        Ok(())
    }

    /// Query heads that share one key-value head.
    pub fn group(&self) -> usize {
        self.heads / self.key_value_heads
    }

    /// Numbers of all query heads of a row.
    pub fn query_width(&self) -> usize {
        self.heads * self.head_dimension
    }

    /// Numbers of all keys (or values) of a row.
    pub fn key_width(&self) -> usize {
        self.key_value_heads * self.head_dimension
    }

    /// Numbers of queries, keys and values of a row, side by side.
    pub fn projected_width(&self) -> usize {
        self.query_width() + 2 * self.key_width()
    }

    /// Numbers of the first product of the feed-forward part of a row: gate and up side by side, or up alone.
    pub fn up_width(&self) -> usize {
        if self.blocks.gated {
            2 * self.intermediate
        } else {
            self.intermediate
        }
    }

    /// Numbers of the widest bias or norm.
    pub fn widest(&self) -> usize {
        let widths = [self.projected_width(), self.up_width(), self.norm_width()];
        widths.into_iter().max().unwrap_or(0)
    }

    /// Numbers of a norm's weight, and of its bias where it has one.
    pub fn norm_width(&self) -> usize {
        if self.blocks.norm == Norm::Layer {
            2 * self.hidden
        } else {
            self.hidden
        }
    }

    /// Factor of a query's product with a key.
    pub fn attention_scale(&self) -> f32 {
        if self.blocks.attention_scale > 0.0 {
            self.blocks.attention_scale
        } else {
            1.0 / (self.head_dimension as f32).sqrt()
        }
    }
}
