//! The whole model again in f64: token by token, slow and obvious. Only for tests.

use super::parameters::Layout;
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
}

/// `W x` with `W [out, in]`.
fn product(weight: &[f64], x: &[f64]) -> Vec<f64> {
    weight
        .chunks_exact(x.len())
        .map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum())
        .collect()
}

impl Oracle {
    fn norm(&self, x: &[f64], weight: &[f64]) -> Vec<f64> {
        let mean = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
        let inverse = 1.0 / (mean + self.shape.rms_norm_epsilon as f64).sqrt();
        x.iter().zip(weight).map(|(x, w)| x * inverse * w).collect()
    }

    fn rope(&self, heads: &mut [f64], position: usize) {
        let d = self.shape.head_dimension;
        for head in heads.chunks_exact_mut(d) {
            for i in 0..d / 2 {
                let angle =
                    position as f64 * self.shape.rope_theta.powf(-2.0 * i as f64 / d as f64);
                let (a, b) = (head[i], head[i + d / 2]);
                head[i] = a * angle.cos() - b * angle.sin();
                head[i + d / 2] = b * angle.cos() + a * angle.sin();
            }
        }
    }

    /// Final normed states of one sequence, one per token.
    pub fn states(&self, tokens: &[u32]) -> Vec<Vec<f64>> {
        let s = &self.shape;
        let p = |range: &core::ops::Range<usize>| &self.parameters[range.clone()];
        let (h, d) = (s.hidden, s.head_dimension);
        let table = p(&self.layout.embedding);
        let mut x: Vec<Vec<f64>> = tokens
            .iter()
            .map(|&t| table[t as usize * h..][..h].to_vec())
            .collect();
        for layer in &self.layout.layers {
            let mut keys: Vec<Vec<f64>> = vec![];
            let mut values: Vec<Vec<f64>> = vec![];
            for (position, x) in x.iter_mut().enumerate() {
                let mut qkv = product(p(&layer.projections), &self.norm(x, p(&layer.input_norm)));
                let value = qkv.split_off(s.query_width() + s.key_width());
                self.rope(&mut qkv, position);
                keys.push(qkv.split_off(s.query_width()));
                values.push(value);
                let mut attended = vec![0.0; s.query_width()];
                for head in 0..s.heads {
                    let shared = head / s.group() * d;
                    let q = &qkv[head * d..][..d];
                    let score = |k: &Vec<f64>| {
                        let dot: f64 = q.iter().zip(&k[shared..]).map(|(q, k)| q * k).sum();
                        (dot / (d as f64).sqrt()).exp()
                    };
                    let scores: Vec<f64> = keys.iter().map(score).collect();
                    let sum: f64 = scores.iter().sum();
                    for (score, value) in scores.iter().zip(&values) {
                        for i in 0..d {
                            attended[head * d + i] += score / sum * value[shared + i];
                        }
                    }
                }
                for (x, y) in x.iter_mut().zip(product(p(&layer.output), &attended)) {
                    *x += y;
                }
                let gate_up = product(p(&layer.gate_up), &self.norm(x, p(&layer.post_norm)));
                let (gate, up) = gate_up.split_at(s.intermediate);
                let gated: Vec<f64> = gate
                    .iter()
                    .zip(up)
                    .map(|(g, u)| g / (1.0 + (-g).exp()) * u)
                    .collect();
                for (x, y) in x.iter_mut().zip(product(p(&layer.down), &gated)) {
                    *x += y;
                }
            }
        }
        x.iter()
            .map(|x| self.norm(x, p(&self.layout.norm)))
            .collect()
    }

    pub fn logits(&self, state: &[f64]) -> Vec<f64> {
        product(&self.parameters[self.layout.head.clone()], state)
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
