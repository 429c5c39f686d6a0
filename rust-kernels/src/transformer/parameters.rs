//! Where each tensor lies in the one flat array of parameters.

use core::ops::Range;

use super::shape::Shape;

/// One named tensor inside the flat array.
#[derive(Debug, Clone)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<u32>,
    pub range: Range<usize>,
}

/// Ranges of one layer. Queries, keys and values lie side by side and so do gate and up: each is one product.
#[derive(Debug, Clone)]
pub struct LayerRanges {
    pub projections: Range<usize>,
    pub output: Range<usize>,
    pub gate_up: Range<usize>,
    pub down: Range<usize>,
    pub input_norm: Range<usize>,
    pub post_norm: Range<usize>,
}

/// The table of all tensors, in storage order.
#[derive(Debug, Clone)]
pub struct Layout {
    pub tensors: Vec<Tensor>,
    pub embedding: Range<usize>,
    pub layers: Vec<LayerRanges>,
    pub norm: Range<usize>,
    pub head: Range<usize>,
    pub value_weight: Range<usize>,
    pub value_bias: Range<usize>,
    pub count: usize,
}

impl Layout {
    /// Names follow Hugging Face's Llama; matrices are `[out, in]`, row-major.
    pub fn new(shape: &Shape) -> Self {
        let mut tensors = Vec::new();
        let mut count = 0;
        let mut add = |name: String, sizes: &[usize]| {
            let length: usize = sizes.iter().product();
            let range = count..count + length;
            let shape = sizes.iter().map(|&s| s as u32).collect();
            count += length;
            tensors.push(Tensor {
                name,
                shape,
                range: range.clone(),
            });
            range
        };
        let (h, i) = (shape.hidden, shape.intermediate);
        let (q, k) = (shape.query_width(), shape.key_width());
        let embedding = add("model.embed_tokens.weight".into(), &[shape.vocabulary, h]);
        let mut layers = Vec::with_capacity(shape.layers);
        for layer in 0..shape.layers {
            let mut named = |part: &str, sizes: &[usize]| {
                add(format!("model.layers.{layer}.{part}.weight"), sizes)
            };
            let query = named("self_attn.q_proj", &[q, h]);
            named("self_attn.k_proj", &[k, h]);
            let value = named("self_attn.v_proj", &[k, h]);
            let output = named("self_attn.o_proj", &[h, q]);
            let gate = named("mlp.gate_proj", &[i, h]);
            let up = named("mlp.up_proj", &[i, h]);
            layers.push(LayerRanges {
                projections: query.start..value.end,
                output,
                gate_up: gate.start..up.end,
                down: named("mlp.down_proj", &[h, i]),
                input_norm: named("input_layernorm", &[h]),
                post_norm: named("post_attention_layernorm", &[h]),
            });
        }
        let norm = add("model.norm.weight".into(), &[h]);
        let head = if shape.tied {
            embedding.clone()
        } else {
            add("lm_head.weight".into(), &[shape.vocabulary, h])
        };
        let value_weight = add("value_head.weight".into(), &[1, h]);
        let value_bias = add("value_head.bias".into(), &[1]);
        Self {
            tensors,
            embedding,
            layers,
            norm,
            head,
            value_weight,
            value_bias,
            count,
        }
    }

    /// The tensor of that name.
    pub fn find(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.name == name)
    }
}
