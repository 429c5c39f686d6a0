//! The whole model again in f64: token by token, slow and obvious. Only for tests.

use core::ops::Range;

use super::blocks::{Activation, Norm, ROPE_SETS};
use super::parameters::{head_norm, Layout, LinearRanges};
use super::shape::Shape;

/// One term of a loss: `log_prob · ln π(target) + entropy · H(π) + value · value`, read at `row`.
pub struct Term<'a> {
    pub row: usize,
    pub target: usize,
    pub mask: Option<&'a [u32]>,
    pub log_prob: f64,
    pub entropy: f64,
    pub value: f64,
}

pub struct Oracle {
    pub shape: Shape,
    pub layout: Layout,
    pub parameters: Vec<f64>,
    pub temperature: f64,
    /// Frequencies and scale of each set of rotations.
    pub ropes: [(Vec<f64>, f64); ROPE_SETS],
}

/// `W x` with `W [out, in]`.
fn product(weight: &[f64], x: &[f64]) -> Vec<f64> {
    weight
        .chunks_exact(x.len())
        .map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum())
        .collect()
}

/// `f(x)` of the feed-forward part.
fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::GeluTanh => {
            let u = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
            0.5 * x * (1.0 + u.tanh())
        }
        Activation::Gelu => 0.5 * x * (1.0 + erf(x / 2f64.sqrt())),
    }
}

/// The series 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)); beyond 5 it is ±1 to 11 digits.
fn erf(x: f64) -> f64 {
    if x.abs() > 5.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / n as f64;
        sum += term / (2 * n + 1) as f64;
    }
    2.0 / core::f64::consts::PI.sqrt() * sum
}

fn capped(x: f64, cap: f32) -> f64 {
    match cap as f64 {
        0.0 => x,
        cap => cap * (x / cap).tanh(),
    }
}

impl Oracle {
    fn at(&self, range: &Range<usize>) -> &[f64] {
        &self.parameters[range.clone()]
    }

    fn norm(&self, kind: Norm, x: &[f64], range: &Range<usize>) -> Vec<f64> {
        let (n, parameters) = (x.len() as f64, self.at(range));
        let (weight, bias) = parameters.split_at(x.len());
        let mean = match kind {
            Norm::Layer => x.iter().sum::<f64>() / n,
            Norm::Rms | Norm::RmsFromOne => 0.0,
        };
        let square = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let inverse = 1.0 / (square + self.shape.norm_epsilon as f64).sqrt();
        let one = |j: usize| {
            let weight = weight[j] + if kind == Norm::RmsFromOne { 1.0 } else { 0.0 };
            (x[j] - mean) * inverse * weight + bias.get(j).unwrap_or(&0.0)
        };
        (0..x.len()).map(one).collect()
    }

    /// A branch's result goes through its norm, where it has one.
    fn branch(&self, x: Vec<f64>, range: &Range<usize>) -> Vec<f64> {
        match range.is_empty() {
            true => x,
            false => self.norm(self.shape.blocks.norm, &x, range),
        }
    }

    fn linear(&self, ranges: &LinearRanges, x: &[f64]) -> Vec<f64> {
        let mut y = product(self.at(&ranges.weight), x);
        for (y, b) in y.iter_mut().zip(self.at(&ranges.bias)) {
            *y += b;
        }
        y
    }

    fn rope(&self, heads: &mut [f64], position: usize, set: usize) {
        let d = self.shape.head_dimension;
        let (frequencies, scale) = &self.ropes[set];
        let half = frequencies.len();
        for head in heads.chunks_exact_mut(d) {
            for i in 0..half {
                let angle = position as f64 * frequencies[i];
                let (a, b) = (head[i], head[i + half]);
                head[i] = scale * (a * angle.cos() - b * angle.sin());
                head[i + half] = scale * (b * angle.cos() + a * angle.sin());
            }
        }
    }

    /// Queries or keys through their norms.
    fn head_norms(&self, heads: &[f64], range: &Range<usize>) -> Vec<f64> {
        if range.is_empty() {
            return heads.to_vec();
        }
        let kind = head_norm(self.shape.blocks.norm);
        let heads = heads.chunks_exact(self.shape.head_dimension);
        heads.flat_map(|x| self.norm(kind, x, range)).collect()
    }

    /// Final normed states of one sequence, one per token.
    pub fn states(&self, tokens: &[u32]) -> Vec<Vec<f64>> {
        let (s, blocks) = (&self.shape, &self.shape.blocks);
        let (h, d) = (s.hidden, s.head_dimension);
        let (table, places) = (
            self.at(&self.layout.embedding),
            self.at(&self.layout.positions),
        );
        let row =
            |table: &[f64], at: usize, j: usize| table.get(at * h + j).copied().unwrap_or(0.0);
        let embed = |(position, &token): (usize, &u32)| {
            let one = |j| {
                row(table, token as usize, j) * blocks.embedding_scale as f64
                    + row(places, position, j)
            };
            (0..h).map(one).collect()
        };
        let mut x: Vec<Vec<f64>> = tokens.iter().enumerate().map(embed).collect();
        for (index, layer) in self.layout.layers.iter().enumerate() {
            let mut keys: Vec<Vec<f64>> = vec![];
            let mut values: Vec<Vec<f64>> = vec![];
            for (position, x) in x.iter_mut().enumerate() {
                let normed = self.norm(blocks.norm, x, &layer.input_norm);
                let qkv = self.linear(&layer.projections, &normed);
                let (query, rest) = qkv.split_at(s.query_width());
                let (key, value) = rest.split_at(s.key_width());
                let mut query = self.head_norms(query, &layer.query_norm);
                let mut key = self.head_norms(key, &layer.key_norm);
                self.rope(&mut query, position, blocks.rope(index));
                self.rope(&mut key, position, blocks.rope(index));
                keys.push(key);
                values.push(value.to_vec());
                let first = (position + 1).saturating_sub(blocks.window(index));
                let mut attended = vec![0.0; s.query_width()];
                for head in 0..s.heads {
                    let shared = head / s.group() * d;
                    let q = &query[head * d..][..d];
                    let score = |k: &Vec<f64>| {
                        let dot: f64 = q.iter().zip(&k[shared..]).map(|(q, k)| q * k).sum();
                        capped(dot * s.attention_scale() as f64, blocks.attention_cap).exp()
                    };
                    let scores: Vec<f64> = keys[first..].iter().map(score).collect();
                    let sum: f64 = scores.iter().sum();
                    for (score, value) in scores.iter().zip(&values[first..]) {
                        for i in 0..d {
                            attended[head * d + i] += score / sum * value[shared + i];
                        }
                    }
                }
                let out = self.branch(self.linear(&layer.output, &attended), &layer.attention_norm);
                x.iter_mut().zip(out).for_each(|(x, y)| *x += y);
                let normed = self.norm(blocks.norm, x, &layer.middle_norm);
                let up = self.linear(&layer.gate_up, &normed);
                let f = |x: &f64| activate(blocks.activation, *x);
                let (gate, rest) = up.split_at(s.intermediate);
                let gated: Vec<f64> = match blocks.gated {
                    true => gate.iter().zip(rest).map(|(g, u)| f(g) * u).collect(),
                    false => gate.iter().map(f).collect(),
                };
                let out = self.branch(self.linear(&layer.down, &gated), &layer.feed_forward_norm);
                x.iter_mut().zip(out).for_each(|(x, y)| *x += y);
            }
        }
        let last = |x: &Vec<f64>| self.norm(blocks.norm, x, &self.layout.norm);
        x.iter().map(last).collect()
    }

    pub fn logits(&self, state: &[f64]) -> Vec<f64> {
        let logits = product(&self.parameters[self.layout.head.clone()], state);
        let cap = self.shape.blocks.logit_cap;
        logits.into_iter().map(|x| capped(x, cap)).collect()
    }

    /// (log-probability, entropy, value) of a term.
    pub fn read(&self, state: &[f64], term: &Term) -> (f64, f64, f64) {
        let allowed = |j: usize| term.mask.is_none_or(|m| m[j / 32] >> (j % 32) & 1 == 1);
        let logits = self
            .logits(state)
            .iter()
            .map(|x| x / self.temperature)
            .collect::<Vec<_>>();
        let weights = logits.iter().enumerate();
        let sum: f64 = weights
            .map(|(j, x)| if allowed(j) { x.exp() } else { 0.0 })
            .sum();
        let normalizer = sum.ln();
        let chosen = logits.iter().enumerate().filter(|(j, _)| allowed(*j));
        let entropy = chosen
            .map(|(_, x)| -(x - normalizer).exp() * (x - normalizer))
            .sum();
        let weight = &self.parameters[self.layout.value_weight.clone()];
        let value = product(weight, state)[0] + self.parameters[self.layout.value_bias.start];
        (logits[term.target] - normalizer, entropy, value)
    }

    /// The loss of packed sequences.
    pub fn loss(&self, tokens: &[u32], lengths: &[u32], terms: &[Term]) -> f64 {
        let (mut states, mut first) = (vec![], 0);
        for &length in lengths {
            states.extend(self.states(&tokens[first..first + length as usize]));
            first += length as usize;
        }
        let one = |t: &Term| {
            let (log_prob, entropy, value) = self.read(&states[t.row], t);
            t.log_prob * log_prob + t.entropy * entropy + t.value * value
        };
        terms.iter().map(one).sum()
    }
}
