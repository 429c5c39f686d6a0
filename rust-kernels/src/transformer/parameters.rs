//! Where each tensor lies in the one flat array of parameters.

use core::ops::Range;

use super::blocks::Norm;
use super::shape::Shape;

/// One named tensor inside the flat array.
#[derive(Debug, Clone)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<u32>,
    pub range: Range<usize>,
}

/// A product's matrix and its bias; the bias is empty where there is none.
#[derive(Debug, Clone)]
pub struct LinearRanges {
    pub weight: Range<usize>,
    pub bias: Range<usize>,
}

/// Ranges of one layer. Queries, keys and values lie side by side and so do gate and up: each is one product. A norm's
/// bias lies behind its weight. Parts that the model lacks are empty.
#[derive(Debug, Clone)]
pub struct LayerRanges {
    pub projections: LinearRanges,
    pub output: LinearRanges,
    /// Up alone where there is no gate.
    pub gate_up: LinearRanges,
    pub down: LinearRanges,
    pub input_norm: Range<usize>,
    /// Of what enters the feed-forward part.
    pub middle_norm: Range<usize>,
    pub query_norm: Range<usize>,
    pub key_norm: Range<usize>,
    /// Of what leaves attention.
    pub attention_norm: Range<usize>,
    /// Of what leaves the feed-forward part.
    pub feed_forward_norm: Range<usize>,
}

/// The table of all tensors, in storage order.
#[derive(Debug, Clone)]
pub struct Layout {
    pub tensors: Vec<Tensor>,
    pub embedding: Range<usize>,
    /// Empty where positions are not learned.
    pub positions: Range<usize>,
    pub layers: Vec<LayerRanges>,
    pub norm: Range<usize>,
    pub head: Range<usize>,
    pub value_weight: Range<usize>,
    pub value_bias: Range<usize>,
    pub count: usize,
}

/// Appends tensors to the flat array.
#[derive(Default)]
struct Builder {
    tensors: Vec<Tensor>,
    count: usize,
    /// Matrices lie elsewhere: their ranges are empty.
    without_matrices: bool,
}

impl Builder {
    fn add(&mut self, name: String, sizes: &[usize]) -> Range<usize> {
        let length: usize = sizes.iter().product();
        let range = self.count..self.count + length;
        let shape = sizes.iter().map(|&s| s as u32).collect();
        self.count += length;
        self.tensors.push(Tensor {
            name,
            shape,
            range: range.clone(),
        });
        range
    }

    fn matrix(&mut self, name: String, outer: usize, inner: usize) -> Range<usize> {
        if !self.without_matrices {
            return self.add(name, &[outer, inner]);
        }
        let range = self.count..self.count;
        let shape = vec![outer as u32, inner as u32];
        self.tensors.push(Tensor {
            name,
            shape,
            range: range.clone(),
        });
        range
    }

    /// Matrices that are one product, `[outs[i], inner]` each, and their biases behind them.
    fn linear(
        &mut self,
        at: &str,
        parts: &[(&str, usize)],
        inner: usize,
        bias: bool,
    ) -> LinearRanges {
        let start = self.count;
        for (part, outer) in parts {
            self.matrix(format!("{at}.{part}.weight"), *outer, inner);
        }
        let weight = start..self.count;
        for (part, outer) in parts.iter().filter(|_| bias) {
            self.add(format!("{at}.{part}.bias"), &[*outer]);
        }
        let bias = weight.end..self.count;
        LinearRanges { weight, bias }
    }

    fn norm(&mut self, name: String, width: usize, norm: Norm) -> Range<usize> {
        let start = self.count;
        self.add(format!("{name}.weight"), &[width]);
        if norm == Norm::Layer {
            self.add(format!("{name}.bias"), &[width]);
        }
        start..self.count
    }
}

impl Layout {
    /// Names follow Hugging Face's Llama and Gemma; matrices are `[out, in]`, row-major.
    pub fn new(shape: &Shape) -> Self {
        Self::build(shape, Builder::default())
    }

    /// The same table where embedding, head and the matrices of the layers are not in the flat array.
    pub fn without_matrices(shape: &Shape) -> Self {
        let without_matrices = true;
        Self::build(
            shape,
            Builder {
                without_matrices,
                ..Builder::default()
            },
        )
    }

    fn build(shape: &Shape, mut builder: Builder) -> Self {
        let blocks = &shape.blocks;
        let (h, i, norm) = (shape.hidden, shape.intermediate, blocks.norm);
        let embedding = builder.matrix("model.embed_tokens.weight".into(), shape.vocabulary, h);
        let positions = if blocks.learned_positions {
            let sizes = [shape.maximum_positions, h];
            builder.add("model.embed_positions.weight".into(), &sizes)
        } else {
            0..0
        };
        let layers = (0..shape.layers)
            .map(|layer| Self::layer(&mut builder, shape, layer, h, i))
            .collect();
        let norm = builder.norm("model.norm".into(), h, norm);
        let head = if shape.tied {
            embedding.clone()
        } else {
            builder.matrix("lm_head.weight".into(), shape.vocabulary, h)
        };
        let value_weight = builder.add("value_head.weight".into(), &[1, h]);
        let value_bias = builder.add("value_head.bias".into(), &[1]);
        Self {
            tensors: builder.tensors,
            embedding,
            positions,
            layers,
            norm,
            head,
            value_weight,
            value_bias,
            count: builder.count,
        }
    }

    fn layer(b: &mut Builder, shape: &Shape, layer: usize, h: usize, i: usize) -> LayerRanges {
        let (q, k, d) = (shape.query_width(), shape.key_width(), shape.head_dimension);
        let blocks = &shape.blocks;
        let at = format!("model.layers.{layer}");
        let (attention, mlp) = (format!("{at}.self_attn"), format!("{at}.mlp"));
        let names = [("q_proj", q), ("k_proj", k), ("v_proj", k)];
        let projections = b.linear(&attention, &names, h, blocks.projection_bias);
        let output = b.linear(&attention, &[("o_proj", h)], q, blocks.output_bias);
        let names = [("gate_proj", i), ("up_proj", i)];
        let names = &names[usize::from(!blocks.gated)..];
        let gate_up = b.linear(&mlp, names, h, blocks.feed_forward_bias);
        let down = b.linear(&mlp, &[("down_proj", h)], i, blocks.feed_forward_bias);
        let mut norm = |name: &str| b.norm(format!("{at}.{name}"), h, blocks.norm);
        let input_norm = norm("input_layernorm");
        // Where attention's result is normalised, too, the second name belongs to that norm.
        let (attention_norm, middle_norm, feed_forward_norm) = if blocks.post_norms {
            (
                norm("post_attention_layernorm"),
                norm("pre_feedforward_layernorm"),
                norm("post_feedforward_layernorm"),
            )
        } else {
            (0..0, norm("post_attention_layernorm"), 0..0)
        };
        let mut of_head = |name: &str| match blocks.query_key_norms {
            true => b.norm(format!("{attention}.{name}"), d, head_norm(blocks.norm)),
            false => 0..0,
        };
        LayerRanges {
            projections,
            output,
            gate_up,
            down,
            input_norm,
            middle_norm,
            query_norm: of_head("q_norm"),
            key_norm: of_head("k_norm"),
            attention_norm,
            feed_forward_norm,
        }
    }

    /// The tensor of that name.
    pub fn find(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.name == name)
    }
}

/// Heads have no biased norm.
pub fn head_norm(norm: Norm) -> Norm {
    match norm {
        Norm::Layer => Norm::Rms,
        rms => rms,
    }
}
