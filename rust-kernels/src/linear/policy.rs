//! A softmax policy and a value over hashed features of a context and its candidates.
//!
//! ```text
//! logit(c) = Σ_{f in context} w[f × c] / √|context| + w[c] + Σ_{g in c} w[g] / √|c| + w_s · overlap(context, c)
//! value    = Σ_{f in context} w[f × value] / √|context| + w[value]
//! ```
//! With a hidden layer each of them has `Σ_j h_j·w[target × j]` more (see `hidden`). All weights stand in one table of
//! 2^bits entries, with the similarity's weight behind it.

use super::features::{mix, overlap};
use super::hidden::Hidden;
use crate::linalg::softmax::{entropy, probabilities};

/// Candidates of one decision: row i is `ids[offsets[i]..offsets[i + 1]]`, its identity first, then its features.
#[derive(Clone, Copy)]
pub struct Candidates<'a> {
    pub ids: &'a [u32],
    pub offsets: &'a [u32],
}

impl<'a> Candidates<'a> {
    pub fn count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Identity of a candidate, then its features.
    pub fn features(&self, i: usize) -> &'a [u32] {
        &self.ids[self.offsets[i] as usize..self.offsets[i + 1] as usize]
    }

    fn row(&self, i: usize) -> (u32, &'a [u32]) {
        let row = self.features(i);
        (row[0], &row[1..])
    }

    /// Whether the offsets rise, end with the ids, and leave every row its identity.
    pub fn valid(&self) -> bool {
        self.offsets.len() >= 2
            && self.offsets[0] == 0
            && self.offsets.windows(2).all(|w| w[0] < w[1])
            && *self.offsets.last().unwrap_or(&0) as usize == self.ids.len()
    }
}

/// How a gradient becomes a change of weights.
#[derive(Clone, Copy, Debug)]
pub struct UpdateOptions {
    pub learning_rate: f32,
    /// Largest global l2 norm; infinite for none.
    pub max_gradient_norm: f32,
    /// Decoupled decay, on the weights that have a gradient.
    pub weight_decay: f32,
    /// What the squares keep at each update: 1 adds them all up (AdaGrad), less is a running mean (RMSprop), 0 takes
    /// gradients as they are.
    pub memory: f32,
}

/// The weights with their optimiser's memory and the accumulated gradient.
pub struct LinearPolicy {
    shift: u32,
    hidden: Hidden,
    pub weights: Vec<f32>,
    /// Sum, or running mean, of squared gradients.
    pub squares: Vec<f32>,
    gradient: Vec<f32>,
    touched: Vec<u32>,
    is_touched: Vec<bool>,
    /// Whether all slots of a hidden layer's block are touched, at its first slot.
    is_whole: Vec<bool>,
}

pub(super) const VALUE: u32 = 0x5851_F42D;
const ALONE: u32 = 0x14D0_57B7;

impl LinearPolicy {
    /// A table of 2^bits zero weights; the similarity starts with `similarity_weight`. `hidden` units stand between the
    /// context and what is scored: 0 for none, else a power of two, at most 2^bits / 2.
    pub fn new(bits: u32, similarity_weight: f32, hidden: usize) -> Self {
        let count = (1usize << bits) + 1;
        let mut weights = vec![0.0; count];
        weights[count - 1] = similarity_weight;
        Self {
            shift: 32 - bits,
            hidden: Hidden::new(bits, hidden),
            weights,
            squares: vec![0.0; count],
            gradient: vec![0.0; count],
            touched: Vec::new(),
            is_touched: vec![false; count],
            is_whole: vec![false; if hidden == 0 { 0 } else { count }],
        }
    }

    pub fn parameter_count(&self) -> usize {
        self.weights.len()
    }

    #[inline(always)]
    fn slot(&self, feature: u32, target: u32) -> usize {
        (mix(feature ^ target.wrapping_mul(0x9E37_79B1)) >> self.shift) as usize
    }

    fn dot(&self, features: &[u32], target: u32) -> f32 {
        let mut sum = 0.0f32;
        for &f in features {
            sum += self.weights[self.slot(f, target)];
        }
        sum * scale(features)
    }

    /// Writes one logit for each candidate.
    pub fn logits(&self, context: &[u32], candidates: Candidates, out: &mut Vec<f32>) {
        out.clear();
        let similarity = self.weights[self.weights.len() - 1];
        let units = self.hidden.forward(&self.weights, context);
        for i in 0..candidates.count() {
            let (identity, features) = candidates.row(i);
            let own = self.weights[self.slot(ALONE, identity)] + self.dot(features, ALONE);
            let alike = similarity * overlap(context, features);
            let unseen = self.hidden.read(&self.weights, &units, identity);
            out.push(self.dot(context, identity) + own + alike + unseen);
        }
    }

    /// Estimated return in this context.
    pub fn value(&self, context: &[u32]) -> f32 {
        let units = self.hidden.forward(&self.weights, context);
        let unseen = self.hidden.read(&self.weights, &units, VALUE);
        self.dot(context, VALUE) + self.weights[self.slot(ALONE, VALUE)] + unseen
    }

    /// `[log π(index), entropy, value]` at a temperature.
    pub fn evaluate(
        &self,
        context: &[u32],
        candidates: Candidates,
        index: usize,
        temperature: f32,
    ) -> [f32; 3] {
        let mut logits = Vec::new();
        self.logits(context, candidates, &mut logits);
        let inverse = 1.0 / temperature;
        let normalizer = crate::linalg::softmax::log_normalizer(&logits, None, temperature);
        let log_prob = logits[index] * inverse - normalizer;
        [
            log_prob,
            entropy(&logits, None, temperature),
            self.value(context),
        ]
    }

    /// Accumulates the gradient of `d_log_prob·log π + d_entropy·H + d_value·V`.
    ///
    /// ```text
    /// ∂ log π(a) / ∂ z_j = ([j = a] − p_j) / T        ∂ H / ∂ z_j = −p_j (ln p_j + H) / T
    /// ```
    pub fn backward(
        &mut self,
        context: &[u32],
        candidates: Candidates,
        index: usize,
        temperature: f32,
        [d_log_prob, d_entropy, d_value]: [f32; 3],
    ) {
        let mut logits = Vec::new();
        self.logits(context, candidates, &mut logits);
        let mut p = vec![0.0; logits.len()];
        let normalizer = probabilities(&logits, None, temperature, &mut p);
        let h = entropy(&logits, None, temperature);
        let inverse = 1.0 / temperature;
        for j in 0..p.len() {
            let log_p = logits[j] * inverse - normalizer;
            let hit = if j == index { 1.0 } else { 0.0 };
            p[j] = (d_log_prob * (hit - p[j]) - d_entropy * p[j] * (log_p + h)) * inverse;
        }
        self.backward_logits(context, candidates, &p, d_value);
    }

    /// Accumulates the gradient of `Σ d_logits·logits + d_value·V`.
    pub fn backward_logits(
        &mut self,
        context: &[u32],
        candidates: Candidates,
        d_logits: &[f32],
        d_value: f32,
    ) {
        let last = self.weights.len() - 1;
        let mut targets = Vec::with_capacity(d_logits.len() + 1);
        for (j, &d) in d_logits.iter().enumerate() {
            let (identity, features) = candidates.row(j);
            self.spread(context, identity, d);
            self.add(self.slot(ALONE, identity), d);
            self.spread(features, ALONE, d);
            self.add(last, d * overlap(context, features));
            targets.push((identity, d));
        }
        self.spread(context, VALUE, d_value);
        self.add(self.slot(ALONE, VALUE), d_value);
        targets.push((VALUE, d_value));
        let hidden = self.hidden;
        let weights = std::mem::take(&mut self.weights);
        hidden.backward(&weights, context, &targets, |start, vector, d| {
            self.add_block(start, vector, d)
        });
        self.weights = weights;
    }

    /// Moves every weight by `share` of the way to another policy's; both have the same size.
    pub fn follow(&mut self, other: &Self, share: f32) {
        for (w, &o) in self.weights.iter_mut().zip(&other.weights) {
            *w += share * (o - *w);
        }
    }

    fn spread(&mut self, features: &[u32], target: u32, d: f32) {
        let share = d * scale(features);
        for &f in features {
            self.add(self.slot(f, target), share);
        }
    }

    #[inline(always)]
    fn add(&mut self, slot: usize, d: f32) {
        if !self.is_touched[slot] {
            self.is_touched[slot] = true;
            self.touched.push(slot as u32);
        }
        self.gradient[slot] += d;
    }

    /// Adds a multiple of a vector to the gradient of neighbouring slots.
    fn add_block(&mut self, start: usize, vector: &[f32], d: f32) {
        if !self.is_whole[start] {
            self.is_whole[start] = true;
            for slot in start..start + vector.len() {
                self.add(slot, 0.0);
            }
        }
        let block = &mut self.gradient[start..start + vector.len()];
        for (g, v) in block.iter_mut().zip(vector) {
            *g += d * v;
        }
    }

    /// The accumulated gradient, one number a parameter.
    pub fn gradients(&self) -> &[f32] {
        &self.gradient
    }

    /// Replaces the accumulated gradient.
    pub fn set_gradients(&mut self, from: &[f32]) {
        self.clear();
        for (slot, &g) in from.iter().enumerate() {
            if g != 0.0 {
                self.add(slot, g);
            }
        }
    }

    /// Applies the accumulated gradient and clears it. Returns its norm before clipping and whether it was applied:
    /// one that is not finite changes nothing.
    pub fn update(&mut self, options: &UpdateOptions) -> (f32, bool) {
        self.touched.sort_unstable(); // one order of summation, however the gradient came together
        let mut sum = 0.0f64;
        for &slot in &self.touched {
            sum += (self.gradient[slot as usize] as f64).powi(2);
        }
        let norm = sum.sqrt() as f32;
        let applied = norm.is_finite();
        if applied {
            let clip = if norm > options.max_gradient_norm {
                options.max_gradient_norm / norm
            } else {
                1.0
            };
            for i in 0..self.touched.len() {
                self.apply(self.touched[i] as usize, clip, options);
            }
        }
        self.clear();
        (norm, applied)
    }

    fn apply(&mut self, slot: usize, clip: f32, options: &UpdateOptions) {
        let g = self.gradient[slot] * clip;
        if g == 0.0 {
            return;
        }
        let memory = options.memory;
        let step = if memory > 0.0 {
            let share = if memory < 1.0 { 1.0 - memory } else { 1.0 };
            self.squares[slot] = memory * self.squares[slot] + share * g * g;
            g / (self.squares[slot].sqrt() + 1e-8)
        } else {
            g
        };
        let w = &mut self.weights[slot];
        *w -= options.learning_rate * (step + options.weight_decay * *w);
    }

    fn clear(&mut self) {
        for &slot in &self.touched {
            self.gradient[slot as usize] = 0.0;
            self.is_touched[slot as usize] = false;
            if let Some(whole) = self.is_whole.get_mut(slot as usize) {
                *whole = false;
            }
        }
        self.touched.clear();
    }
}

/// 1 / √n: every text has length one.
pub(super) fn scale(features: &[u32]) -> f32 {
    if features.is_empty() {
        0.0
    } else {
        1.0 / (features.len() as f32).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::features::{features, identity, FeatureOptions};

    const WORDS: FeatureOptions = FeatureOptions {
        words: true,
        bigrams: true,
        shortest: 3,
        longest: 4,
    };

    fn rows(texts: &[&str]) -> (Vec<u32>, Vec<u32>) {
        let (mut ids, mut offsets) = (Vec::new(), vec![0]);
        for text in texts {
            ids.push(identity(text));
            ids.extend(features(text, &WORDS));
            offsets.push(ids.len() as u32);
        }
        (ids, offsets)
    }

    fn filled(bits: u32, hidden: usize) -> LinearPolicy {
        let mut policy = LinearPolicy::new(bits, 0.7, hidden);
        crate::random::fill_normal(&mut policy.weights, 5, 1);
        policy
    }

    #[test]
    fn backward_agrees_with_finite_differences() {
        for hidden in [0, 4] {
            let mut policy = filled(8, hidden); // a small table, so that features collide
            let context = features("sigil qor is lit", &WORDS);
            let (ids, offsets) = rows(&["press red", "press blue", "qor"]);
            let candidates = Candidates {
                ids: &ids,
                offsets: &offsets,
            };
            let d = [0.8, -0.3, 0.5];
            policy.backward(&context, candidates, 1, 1.5, d);
            let gradient = policy.gradients().to_vec();
            let loss = |p: &LinearPolicy| -> f64 {
                let e = p.evaluate(&context, candidates, 1, 1.5);
                (0..3).map(|i| d[i] as f64 * e[i] as f64).sum()
            };
            let mut checked = 0;
            for slot in 0..policy.parameter_count() {
                let (w, h) = (policy.weights[slot], 0.01f32);
                policy.weights[slot] = w + h;
                let up = loss(&policy);
                policy.weights[slot] = w - h;
                let down = loss(&policy);
                policy.weights[slot] = w;
                let numeric = (up - down) / (2.0 * h as f64);
                let analytic = gradient[slot] as f64;
                assert!(
                    (numeric - analytic).abs() < 1e-3,
                    "{hidden} {slot}: {numeric} {analytic}"
                );
                checked += (analytic != 0.0) as usize;
            }
            assert!(checked > 50, "{checked}");
        }
    }

    #[test]
    fn follow_goes_a_share_of_the_way() {
        let (mut policy, other) = (filled(8, 0), LinearPolicy::new(8, 0.0, 0));
        let first = policy.weights[3];
        policy.follow(&other, 0.25);
        assert!((policy.weights[3] - 0.75 * first).abs() < 1e-6);
        policy.follow(&other, 1.0);
        assert_eq!(policy.weights, other.weights);
    }

    #[test]
    fn update_takes_the_adagrad_step_by_hand() {
        let mut policy = LinearPolicy::new(4, 1.0, 0);
        let options = UpdateOptions {
            learning_rate: 0.5,
            max_gradient_norm: f32::INFINITY,
            weight_decay: 0.0,
            memory: 1.0,
        };
        let mut gradient = vec![0.0; policy.parameter_count()];
        gradient[3] = 3.0;
        gradient[9] = -4.0;
        policy.set_gradients(&gradient);
        assert_eq!(policy.update(&options), (5.0, true));
        assert_eq!((policy.weights[3], policy.weights[9]), (-0.5, 0.5));
        policy.set_gradients(&gradient);
        policy.update(&options); // 3 / √18
        assert!((policy.weights[3] + 0.5 + 0.5 / 2.0f32.sqrt()).abs() < 1e-6);
        assert!(policy.gradients().iter().all(|&g| g == 0.0));
    }

    #[test]
    fn update_takes_the_rmsprop_step_by_hand() {
        let mut policy = LinearPolicy::new(4, 0.0, 0);
        let options = UpdateOptions {
            learning_rate: 0.1,
            max_gradient_norm: f32::INFINITY,
            weight_decay: 0.0,
            memory: 0.75,
        };
        let mut gradient = vec![0.0; policy.parameter_count()];
        gradient[3] = 4.0;
        policy.set_gradients(&gradient);
        policy.update(&options); // squares 0.25·16 = 4: 4 / 2
        assert!((policy.weights[3] + 0.2).abs() < 1e-6);
        policy.set_gradients(&gradient);
        policy.update(&options); // 0.75·4 + 4 = 7
        assert!((policy.weights[3] + 0.2 + 0.4 / 7.0f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn update_clips_the_norm_and_refuses_what_is_not_finite() {
        let mut policy = LinearPolicy::new(4, 0.0, 0);
        let options = UpdateOptions {
            learning_rate: 1.0,
            max_gradient_norm: 1.0,
            weight_decay: 0.0,
            memory: 0.0,
        };
        let mut gradient = vec![0.0; policy.parameter_count()];
        gradient[1] = 3.0;
        gradient[2] = 4.0;
        policy.set_gradients(&gradient);
        policy.update(&options);
        assert!((policy.weights[1] + 0.6).abs() < 1e-6 && (policy.weights[2] + 0.8).abs() < 1e-6);
        let before = policy.weights.clone();
        gradient[1] = f32::NAN;
        policy.set_gradients(&gradient);
        assert!(!policy.update(&options).1);
        assert_eq!(policy.weights, before);
    }

    #[test]
    fn candidates_are_valid_only_when_offsets_rise_to_the_end() {
        let valid = |ids: &[u32], offsets: &[u32]| Candidates { ids, offsets }.valid();
        assert!(valid(&[1, 2, 3], &[0, 1, 3]));
        assert!(!valid(&[1, 2, 3], &[0, 1, 2]) && !valid(&[1], &[0, 0, 1]));
        assert!(!valid(&[1], &[0]) && !valid(&[], &[]) && !valid(&[1], &[1, 1]));
    }
}
