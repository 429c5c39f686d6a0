//! Finding which of many actions is right from "right" and "wrong" alone.
//!
//! Two utterances of similarity s ask for the same action with odds `llr(s)`. A confirmed utterance speaks for its
//! action when alike and against it when not, so claimed actions are released for others; a failed one speaks against:
//!
//! ```text
//! belief(a) = Σ_{confirmed y of a} llr(s(x, y)) / n_a^sharing + φ · Σ_{failed z on a} ln(1 − w(s(x, z))) + ν · s(x, name_a) + β·[n_a = 0]
//! llr(s)    = gain · ln(1 + s / width) − offset        w(s) = σ(llr(s) − ln(A − 1))
//! ```
//! Acting is greedy on the belief. A softmax model is then fitted on the log: −ln p where right, −ln(1 − p) where wrong.
//! Similarity is the tf-idf cosine with document frequencies of what was seen so far.

use crate::linalg::softmax::probabilities;
use crate::random::uniform;

/// Feature ids are folded into this many slots.
const SLOT_BITS: u32 = 18;
/// Norms under the moving document frequencies are computed again after this many events.
const REFRESH: usize = 1 << 8;
const BINS: usize = 256;

#[derive(Clone, Copy, Debug)]
pub struct BanditOptions {
    pub actions: usize,
    pub gain: f32,
    pub width: f32,
    pub offset: f32,
    pub sharing: f32,
    pub failure_weight: f32,
    /// β, added to the belief in actions that were never right yet.
    pub discovery_bonus: f32,
    /// ν for the belief.
    pub name_weight: f32,
    /// ν for the fitted model.
    pub name_logit: f32,
    pub learning_rate: f32,
}

struct Event {
    start: usize,
    end: usize,
    norm: f32,
    action: u32,
    right: bool,
}

pub struct BanditLearner {
    options: BanditOptions,
    /// Slots of all events, one after another.
    slots: Vec<u32>,
    events: Vec<Event>,
    /// slot → number of utterances seen that have it, and how many were seen.
    documents: Vec<u32>,
    seen: usize,
    /// slot → events that have it.
    postings: Vec<Vec<u32>>,
    /// slot → sorted actions whose name has it.
    names: Vec<Vec<u32>>,
    name_slots: Vec<Vec<u32>>,
    confirmed: Vec<u32>,
    for_bins: Vec<f32>,
    against_bins: Vec<f32>,
    shared: Vec<f32>,
    pending: Option<(Vec<u32>, u32)>,
    /// slot → row of the fitted model.
    rows: Vec<u32>,
    weights: Vec<f32>,
    squares: Vec<f32>,
}

const NO_ROW: u32 = u32::MAX;

impl BanditLearner {
    /// `names` are feature ids of each action's text; empty lists when the texts say nothing.
    pub fn new(options: BanditOptions, names: &[Vec<u32>]) -> Self {
        let count = 1 << SLOT_BITS;
        let prior = ((options.actions.max(2) - 1) as f32).ln();
        let llr = |bin: usize| {
            let s = (bin as f32 + 0.5) / BINS as f32;
            options.gain * (s / options.width).ln_1p() - options.offset
        };
        let mut learner = Self {
            options,
            slots: Vec::new(),
            events: Vec::new(),
            documents: vec![0; count],
            seen: 0,
            postings: vec![Vec::new(); count],
            names: vec![Vec::new(); count],
            name_slots: names.iter().map(|ids| fold(ids)).collect(),
            confirmed: vec![0; options.actions],
            for_bins: (0..BINS).map(llr).collect(),
            // ln(1 − σ(x)) = −ln(1 + eˣ)
            against_bins: (0..BINS).map(|b| -(llr(b) - prior).exp().ln_1p()).collect(),
            shared: Vec::new(),
            pending: None,
            rows: vec![NO_ROW; count],
            weights: Vec::new(),
            squares: Vec::new(),
        };
        for (action, slots) in learner.name_slots.iter().enumerate() {
            for &slot in slots {
                learner.names[slot as usize].push(action as u32);
            }
        }
        learner
    }

    fn idf(&self, slot: u32) -> f32 {
        let df = self.documents[slot as usize] as f32;
        ((1.0 + self.seen as f32) / (1.0 + df)).ln() + 1.0
    }

    fn norm(&self, slots: &[u32]) -> f32 {
        let mut sum = 0.0f32;
        for &slot in slots {
            sum += self.idf(slot).powi(2);
        }
        sum.sqrt().max(1e-12)
    }

    /// Cosine of an utterance with each action's name.
    fn name_similarities(&self, slots: &[u32], norm: f32) -> Vec<f32> {
        let mut out = vec![0.0f32; self.options.actions];
        if self.name_slots.is_empty() {
            return out;
        }
        for &slot in slots {
            let weight = self.idf(slot).powi(2);
            for &action in &self.names[slot as usize] {
                out[action as usize] += weight;
            }
        }
        for (o, name) in out.iter_mut().zip(&self.name_slots) {
            if *o > 0.0 {
                *o /= norm * self.norm(name);
            }
        }
        out
    }

    /// Belief in each action.
    fn beliefs(&mut self, slots: &[u32]) -> Vec<f32> {
        let norm = self.norm(slots);
        self.shared.clear();
        self.shared.resize(self.events.len(), 0.0);
        for &slot in slots {
            let weight = self.idf(slot).powi(2);
            for &event in &self.postings[slot as usize] {
                self.shared[event as usize] += weight;
            }
        }
        let o = &self.options;
        let (mut pro, mut contra) = (vec![0.0f32; o.actions], vec![0.0f32; o.actions]);
        for (event, &shared) in self.events.iter().zip(&self.shared) {
            let s = shared / (norm * event.norm);
            let bin = ((s * BINS as f32) as usize).min(BINS - 1);
            if event.right {
                pro[event.action as usize] += self.for_bins[bin];
            } else {
                contra[event.action as usize] += self.against_bins[bin];
            }
        }
        let mut out = self.name_similarities(slots, norm);
        for (a, belief) in out.iter_mut().enumerate() {
            let share = (self.confirmed[a].max(1) as f32).powf(o.sharing);
            let unclaimed = if self.confirmed[a] == 0 {
                o.discovery_bonus
            } else {
                0.0
            };
            *belief =
                unclaimed + o.name_weight * *belief + pro[a] / share + o.failure_weight * contra[a];
        }
        out
    }

    /// Counts an utterance for the document frequencies.
    fn read(&mut self, slots: &[u32]) {
        for &slot in slots {
            self.documents[slot as usize] += 1;
        }
        self.seen += 1;
    }

    /// Chooses an action for an utterance; the next `learn` is about it.
    pub fn choose(&mut self, ids: &[u32]) -> u32 {
        let slots = fold(ids);
        self.read(&slots);
        let beliefs = self.beliefs(&slots);
        let action = largest(&beliefs);
        self.pending = Some((slots, action));
        action
    }

    /// Takes the answer for the last choice; false when there is none.
    pub fn learn(&mut self, right: bool) -> bool {
        let Some((slots, action)) = self.pending.take() else {
            return false;
        };
        let index = self.events.len();
        for &slot in &slots {
            self.postings[slot as usize].push(index as u32);
        }
        let norm = self.norm(&slots);
        let start = self.slots.len();
        self.slots.extend_from_slice(&slots);
        self.events.push(Event {
            start,
            end: self.slots.len(),
            norm,
            action,
            right,
        });
        self.confirmed[action as usize] += right as u32;
        if self.events.len() & (REFRESH - 1) == 0 {
            for e in 0..self.events.len() {
                let (start, end) = (self.events[e].start, self.events[e].end);
                self.events[e].norm = self.norm(&self.slots[start..end]);
            }
        }
        true
    }

    /// Logits of the fitted model.
    fn scores(&self, slots: &[u32]) -> (Vec<(usize, f32)>, Vec<f32>) {
        let norm = self.norm(slots);
        let actions = self.options.actions;
        let mut logits = self.name_similarities(slots, norm);
        for l in logits.iter_mut() {
            *l *= self.options.name_logit;
        }
        let mut inputs = Vec::with_capacity(slots.len());
        for &slot in slots {
            let row = self.rows[slot as usize];
            if row != NO_ROW {
                let x = self.idf(slot) / norm;
                let at = row as usize * actions;
                for (l, w) in logits.iter_mut().zip(&self.weights[at..at + actions]) {
                    *l += x * w;
                }
                inputs.push((at, x));
            }
        }
        (inputs, logits)
    }

    /// Fits the softmax model on the log: one pass in an order given by the seed.
    pub fn fit(&mut self, seed: u64, pass: u32) {
        self.grow();
        let actions = self.options.actions;
        let rate = self.options.learning_rate;
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        for i in (1..order.len()).rev() {
            let j = (uniform(seed, pass, i as u32) as f64 * (i + 1) as f64) as usize;
            order.swap(i, j.min(i));
        }
        let mut p = vec![0.0f32; actions];
        for e in order {
            let (start, end) = (self.events[e].start, self.events[e].end);
            let (action, right) = (self.events[e].action as usize, self.events[e].right);
            let (inputs, logits) = self.scores(&self.slots[start..end]);
            probabilities(&logits, None, 1.0, &mut p);
            // −ln p_a: p − 1_a. −ln(1 − p_a): p_a·1_a − p·p_a/(1 − p_a) off a.
            if right {
                p[action] -= 1.0;
            } else {
                let odds = p[action] / (1.0 - p[action]).max(1e-3);
                let own = p[action];
                for g in p.iter_mut() {
                    *g *= -odds;
                }
                p[action] = own;
            }
            for (at, x) in inputs {
                let w = &mut self.weights[at..at + actions];
                let q = &mut self.squares[at..at + actions];
                for ((w, q), g) in w.iter_mut().zip(q.iter_mut()).zip(&p) {
                    let d = x * g;
                    *q += d * d;
                    *w -= rate * d / (q.sqrt() + 1e-4);
                }
            }
        }
    }

    /// Gives every slot that two events share a row.
    fn grow(&mut self) {
        let mut next = self.weights.len() / self.options.actions.max(1);
        for slot in 0..self.rows.len() {
            if self.rows[slot] == NO_ROW && self.postings[slot].len() > 1 {
                self.rows[slot] = next as u32;
                next += 1;
            }
        }
        self.weights.resize(next * self.options.actions, 0.0);
        self.squares.resize(next * self.options.actions, 0.0);
    }

    /// The fitted model's action.
    pub fn predict(&self, ids: &[u32]) -> u32 {
        largest(&self.scores(&fold(ids)).1)
    }
}

fn fold(ids: &[u32]) -> Vec<u32> {
    let mut slots: Vec<u32> = ids.iter().map(|id| id >> (32 - SLOT_BITS)).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// Index of the largest; the first of equals.
fn largest(values: &[f32]) -> u32 {
    let mut best = 0;
    for (i, v) in values.iter().enumerate() {
        if *v > values[best] {
            best = i;
        }
    }
    best as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: BanditOptions = BanditOptions {
        actions: 4,
        gain: 6.0,
        width: 0.05,
        offset: 5.2,
        sharing: 0.55,
        failure_weight: 1.5,
        discovery_bonus: 3.0,
        name_weight: 15.0,
        name_logit: 15.0,
        learning_rate: 0.5,
    };

    /// Utterances of intent i share ids that no other intent has; the top bits make the slots differ.
    fn said(intent: u32, variant: u32) -> Vec<u32> {
        let id = |x: u32| x << 14;
        let own = (0..4).map(|k| id(100 * (intent + 1) + (variant + k) % 6));
        own.chain([id(7), id(1000 + variant % 3)]).collect()
    }

    #[test]
    fn a_failed_action_is_not_tried_again_on_the_same_words() {
        let mut learner = BanditLearner::new(OPTIONS, &[]);
        let mut tried = Vec::new();
        for _ in 0..4 {
            tried.push(learner.choose(&said(0, 0)));
            assert!(learner.learn(false));
        }
        tried.sort_unstable();
        assert_eq!(tried, [0, 1, 2, 3]);
    }

    #[test]
    fn choices_and_the_fitted_model_find_separable_intents() {
        let mut learner = BanditLearner::new(OPTIONS, &[]);
        for event in 0..300u32 {
            let (intent, variant) = (event % 4, event / 4);
            let right = learner.choose(&said(intent, variant)) == 3 - intent;
            learner.learn(right);
        }
        for pass in 0..3 {
            learner.fit(1, pass);
        }
        for intent in 0..4 {
            assert_eq!(learner.predict(&said(intent, 2)), 3 - intent);
            assert_eq!(learner.choose(&said(intent, 2)), 3 - intent);
        }
    }

    #[test]
    fn names_are_believed_before_anything_was_answered() {
        let names: Vec<Vec<u32>> = (0..4).map(|intent| said(intent, 0)).collect();
        let mut learner = BanditLearner::new(OPTIONS, &names);
        assert_eq!(learner.choose(&said(2, 1)), 2);
        assert_eq!(learner.predict(&said(3, 1)), 3);
    }

    #[test]
    fn learn_refuses_an_answer_to_nothing() {
        let mut learner = BanditLearner::new(OPTIONS, &[]);
        assert!(!learner.learn(true));
        learner.choose(&[]);
        assert!(learner.learn(true) && !learner.learn(true));
    }
}
