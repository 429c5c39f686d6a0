//! A linear softmax over a fixed set of actions, fitted to right and wrong one judgement at a time.
//!
//! ```text
//! z_a  = ν · s(x, name_a) + Σ_f x_f w[f, a]        x_f = idf_f / |x|
//! loss = −r ln p_a − (1 − r) ln(1 − p_a)           p = softmax(z), a the judged action
//! AdaGrad: q += d², w −= η d / (√q + 1e-4)
//! ```
//! Features get a row of weights when a second entry has them, while there are rows left.

use super::memory::{Memory, SLOT_BITS};
use crate::linalg::softmax::probabilities;

const NO_ROW: u32 = u32::MAX;
/// Most weights there are rows for.
const WEIGHTS: usize = 1 << 24;

#[derive(Clone)]
pub struct Softmax {
    actions: usize,
    learning_rate: f32,
    /// slot → row.
    rows: Vec<u32>,
    /// row → slot.
    pub slots: Vec<u32>,
    pub weights: Vec<f32>,
    pub squares: Vec<f32>,
}

impl Softmax {
    pub fn new(actions: usize, learning_rate: f32) -> Self {
        Self {
            actions,
            learning_rate,
            rows: vec![NO_ROW; 1 << SLOT_BITS],
            slots: Vec::new(),
            weights: Vec::new(),
            squares: Vec::new(),
        }
    }

    /// Gives features that `least` entries share a row.
    pub fn grow(&mut self, memory: &Memory, slots: &[u32], least: usize) {
        for &slot in slots {
            let full = (self.slots.len() + 1) * self.actions > WEIGHTS;
            if !full && self.rows[slot as usize] == NO_ROW && memory.frequency(slot) >= least {
                self.give(slot);
            }
        }
        let count = self.slots.len() * self.actions;
        self.weights.resize(count, 0.0);
        self.squares.resize(count, 0.0);
    }

    fn give(&mut self, slot: u32) {
        self.rows[slot as usize] = self.slots.len() as u32;
        self.slots.push(slot);
    }

    /// Adds Σ_f x_f w[f, a] to `logits`; returns where the rows begin, with x_f.
    pub fn add_logits(
        &self,
        memory: &Memory,
        slots: &[u32],
        norm: f32,
        logits: &mut [f32],
    ) -> Vec<(usize, f32)> {
        let mut inputs = Vec::with_capacity(slots.len());
        for &slot in slots {
            let row = self.rows[slot as usize];
            if row != NO_ROW {
                let x = memory.idf(slot) / norm;
                let at = row as usize * self.actions;
                for (l, w) in logits.iter_mut().zip(&self.weights[at..at + self.actions]) {
                    *l += x * w;
                }
                inputs.push((at, x));
            }
        }
        inputs
    }

    /// One step; `logits` hold ν · s(x, name) when it begins.
    pub fn step(
        &mut self,
        memory: &Memory,
        slots: &[u32],
        norm: f32,
        logits: &mut [f32],
        action: usize,
        reward: f32,
        weight: f32,
    ) {
        let inputs = self.add_logits(memory, slots, norm, logits);
        let mut p = vec![0.0f32; self.actions];
        probabilities(logits, None, 1.0, &mut p);
        // −ln p_a: p − 1_a. −ln(1 − p_a): p_a·1_a − p·p_a/(1 − p_a) off a.
        let own = p[action];
        let odds = own / (1.0 - own).max(1e-3);
        for g in p.iter_mut() {
            *g *= weight * (reward - (1.0 - reward) * odds);
        }
        p[action] = weight * (reward * (own - 1.0) + (1.0 - reward) * own);
        let rate = self.learning_rate;
        for (at, x) in inputs {
            let w = &mut self.weights[at..at + self.actions];
            let q = &mut self.squares[at..at + self.actions];
            for ((w, q), g) in w.iter_mut().zip(q.iter_mut()).zip(&p) {
                let d = x * g;
                *q += d * d;
                *w -= rate * d / (q.sqrt() + 1e-4);
            }
        }
    }

    /// With these rows.
    pub fn restore(
        actions: usize,
        learning_rate: f32,
        slots: Vec<u32>,
        weights: Vec<f32>,
        squares: Vec<f32>,
    ) -> Self {
        let mut model = Self::new(actions, learning_rate);
        slots.iter().for_each(|&slot| model.give(slot));
        (model.weights, model.squares) = (weights, squares);
        model
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(reward: f32, steps: usize) -> Vec<f32> {
        let mut memory = Memory::new(8);
        memory.add([1u32, 2].into(), 0, reward, 1.0);
        let mut model = Softmax::new(3, 0.2);
        model.grow(&memory, &[1, 2], 1);
        let norm = memory.norm(&[1, 2]);
        for _ in 0..steps {
            model.step(&memory, &[1, 2], norm, &mut [0.0; 3], 0, reward, 1.0);
        }
        let (mut z, mut p) = (vec![0.0; 3], vec![0.0; 3]);
        model.add_logits(&memory, &[1, 2], norm, &mut z);
        probabilities(&z, None, 1.0, &mut p);
        p
    }

    #[test]
    fn right_raises_and_wrong_lowers_what_was_done_and_leaves_the_others_alike() {
        for (reward, steps) in [(1.0, 50), (0.0, 50)] {
            let p = fitted(reward, steps);
            assert!(
                (p[0] - reward).abs() < 0.1 && (p[1] - p[2]).abs() < 1e-6,
                "{p:?}"
            );
        }
        assert!((fitted(1.0, 0)[0] - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn a_fraction_is_where_the_probability_settles() {
        let p = fitted(0.7, 600);
        assert!((p[0] - 0.7).abs() < 0.02, "{p:?}");
    }

    #[test]
    fn features_get_rows_when_enough_entries_have_them() {
        let mut memory = Memory::new(8);
        let mut model = Softmax::new(3, 0.2);
        memory.add([1u32, 2].into(), 0, 1.0, 1.0);
        memory.add([2u32, 3].into(), 1, 1.0, 1.0);
        model.grow(&memory, &[1, 2, 3], 2);
        assert_eq!(
            (model.slots.as_slice(), model.weights.len()),
            (&[2u32][..], 3)
        );
    }
}
