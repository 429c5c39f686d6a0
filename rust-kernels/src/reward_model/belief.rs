//! Finding which of many actions is right from "right" and "wrong" alone.
//!
//! Two texts of similarity s ask for the same action with odds `llr(s)`. A confirmed text speaks for its action when alike
//! and against it when not, so claimed actions are released for others; a failed one speaks against:
//!
//! ```text
//! belief(a) = Σ_{y judged a} r_y · llr(s(x, y)) / n_a^sharing + φ · Σ_{y judged a} (1 − r_y) · ln(1 − w(s(x, y)))
//!             + ν · s(x, name_a) + β·[n_a = 0]                      n_a = Σ_{y judged a} r_y
//! llr(s)    = gain · ln(1 + s / width) − offset        w(s) = σ(llr(s) − ln(A − 1))
//! ```
//! While judgements are expected, scores are the belief plus `expert` times the log-probabilities of a softmax model that is
//! fitted to every judgement as it comes and to some earlier ones again; the best estimate is that model.

use super::memory::{fold, Entry, Memory};
use super::softmax::Softmax;
use crate::linalg::softmax::probabilities;
use crate::random::uniform;

/// Most entries kept.
pub const CAPACITY: usize = 1 << 16;
const BINS: usize = 256;

#[derive(Clone, Copy, Debug)]
pub struct BeliefOptions {
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
    /// Earlier judgements fitted again with each new one.
    pub replays: usize,
    /// Weight of the fitted model's log-probabilities in exploring scores.
    pub expert: f32,
}

impl BeliefOptions {
    /// For actions whose words say what they do, or mean nothing.
    pub fn preset(actions: usize, named: bool) -> Self {
        Self {
            actions,
            gain: 6.0,
            width: 0.05,
            offset: 5.2,
            sharing: 0.55,
            failure_weight: 1.5,
            discovery_bonus: 3.0,
            name_weight: if named { 15.0 } else { 0.0 },
            name_logit: if named { 15.0 } else { 0.0 },
            learning_rate: if named { 0.2 } else { 0.5 },
            replays: 3,
            expert: 0.0,
        }
    }
}

#[derive(Clone)]
pub struct BeliefModel {
    options: BeliefOptions,
    pub learned: u64,
    pub memory: Memory,
    pub softmax: Softmax,
    /// n_a.
    pub confirmed: Vec<f32>,
    /// slot → sorted actions whose name has it; only slots that a name has.
    names: std::collections::HashMap<u32, Vec<u32>>,
    name_slots: Vec<Box<[u32]>>,
    for_bins: Vec<f32>,
    against_bins: Vec<f32>,
    shared: Vec<f32>,
}

impl BeliefModel {
    /// `names` are feature ids of each action's text; empty when the texts say nothing.
    pub fn new(options: BeliefOptions, names: &[Vec<u32>]) -> Self {
        let prior = ((options.actions.max(2) - 1) as f32).ln();
        let llr = |bin: usize| {
            let s = (bin as f32 + 0.5) / BINS as f32;
            options.gain * (s / options.width).ln_1p() - options.offset
        };
        let mut model = Self {
            options,
            learned: 0,
            memory: Memory::new(CAPACITY),
            softmax: Softmax::new(options.actions, options.learning_rate),
            confirmed: vec![0.0; options.actions],
            names: Default::default(),
            name_slots: names.iter().map(|ids| fold(ids)).collect(),
            for_bins: (0..BINS).map(llr).collect(),
            // ln(1 − σ(x)) = −ln(1 + eˣ)
            against_bins: (0..BINS).map(|b| -(llr(b) - prior).exp().ln_1p()).collect(),
            shared: Vec::new(),
        };
        for (action, slots) in model.name_slots.iter().enumerate() {
            for &slot in slots.iter() {
                model.names.entry(slot).or_default().push(action as u32);
            }
        }
        model
    }

    /// Cosine of a text with each action's name, times `weight`.
    fn name_scores(&self, slots: &[u32], norm: f32, weight: f32) -> Vec<f32> {
        let mut out = vec![0.0f32; self.options.actions];
        if self.name_slots.is_empty() || weight == 0.0 {
            return out;
        }
        for slot in slots {
            if let Some(actions) = self.names.get(slot) {
                let idf = self.memory.idf(*slot);
                for &action in actions {
                    out[action as usize] += idf * idf;
                }
            }
        }
        for (o, name) in out.iter_mut().zip(&self.name_slots) {
            if *o > 0.0 {
                *o *= weight / (norm * self.memory.norm(name));
            }
        }
        out
    }

    /// [actions] logits of the fitted model.
    pub fn logits(&self, ids: &[u32]) -> Vec<f32> {
        let slots = fold(ids);
        let norm = self.memory.norm(&slots);
        let mut logits = self.name_scores(&slots, norm, self.options.name_logit);
        self.softmax
            .add_logits(&self.memory, &slots, norm, &mut logits);
        logits
    }

    /// [actions] probability of being right.
    pub fn estimates(&self, ids: &[u32]) -> Vec<f32> {
        let logits = self.logits(ids);
        let mut p = vec![0.0; logits.len()];
        probabilities(&logits, None, 1.0, &mut p);
        p
    }

    /// [actions] what to act on while judgements are expected.
    pub fn beliefs(&mut self, ids: &[u32]) -> Vec<f32> {
        let slots = fold(ids);
        let norm = self.memory.norm(&slots);
        let mut shared = core::mem::take(&mut self.shared);
        self.memory.similarities(&slots, norm, &mut shared);
        let o = self.options;
        let (mut pro, mut contra) = (vec![0.0f32; o.actions], vec![0.0f32; o.actions]);
        for (entry, &s) in self.memory.entries.iter().zip(&shared) {
            let bin = ((s * BINS as f32) as usize).min(BINS - 1);
            let a = entry.action as usize;
            pro[a] += entry.reward * self.for_bins[bin];
            contra[a] += (1.0 - entry.reward) * self.against_bins[bin];
        }
        self.shared = shared;
        let mut out = self.name_scores(&slots, norm, o.name_weight);
        for a in 0..o.actions {
            let share = self.confirmed[a].max(1.0).powf(o.sharing);
            let unclaimed = if self.confirmed[a] < 0.5 {
                o.discovery_bonus
            } else {
                0.0
            };
            out[a] += unclaimed + pro[a] / share + o.failure_weight * contra[a];
        }
        if o.expert > 0.0 {
            let mut logits = self.name_scores(&slots, norm, o.name_logit);
            self.softmax
                .add_logits(&self.memory, &slots, norm, &mut logits);
            let mut p = vec![0.0; logits.len()];
            let total = probabilities(&logits, None, 1.0, &mut p);
            for (b, z) in out.iter_mut().zip(&logits) {
                *b += o.expert * (z - total);
            }
        }
        out
    }

    /// Learns one judgement, and some earlier ones again.
    pub fn learn(&mut self, ids: &[u32], action: usize, reward: f32, weight: f32) {
        let slots = fold(ids);
        let (place, before) = self.memory.add(slots, action as u32, reward, weight);
        if let Some(Entry { action, reward, .. }) = before {
            self.confirmed[action as usize] -= reward;
        }
        self.confirmed[action] += self.memory.entries[place].reward;
        self.memory.refresh();
        self.softmax
            .grow(&self.memory, &self.memory.entries[place].slots, 2);
        self.fit(place, weight);
        for k in 0..self.options.replays as u32 {
            let draw = uniform(self.learned, 0, k) as f64;
            let place = (draw * self.memory.entries.len() as f64) as usize;
            self.fit(place, 1.0);
        }
        self.learned += 1;
    }

    fn fit(&mut self, place: usize, weight: f32) {
        let (memory, o) = (&self.memory, &self.options);
        let entry = &memory.entries[place];
        let mut logits = self.name_scores(&entry.slots, entry.norm, o.name_logit);
        let (action, reward) = (entry.action as usize, entry.reward);
        self.softmax.step(
            memory,
            &entry.slots,
            entry.norm,
            &mut logits,
            action,
            reward,
            weight,
        );
    }

    pub fn actions(&self) -> usize {
        self.options.actions
    }

    /// The state in numbers that an f32 holds exactly, by part; see `restore`.
    pub fn read(&self, part: usize) -> Vec<f32> {
        let m = &self.memory;
        let low = (self.learned & 0xF_FFFF) as f32;
        match part {
            0 => vec![
                low,
                (self.learned >> 20) as f32,
                m.next as f32,
                m.cursor as f32,
            ],
            1 => {
                let columns = |e: &Entry| {
                    [
                        e.slots.len() as f32,
                        e.action as f32,
                        e.reward,
                        e.weight,
                        e.norm,
                    ]
                };
                m.entries.iter().flat_map(columns).collect()
            }
            2 => {
                let slots = m.entries.iter().flat_map(|e| e.slots.iter());
                slots.map(|&slot| slot as f32).collect()
            }
            3 => self.confirmed.clone(),
            4 => self.softmax.slots.iter().map(|&slot| slot as f32).collect(),
            5 => self.softmax.weights.clone(),
            _ => self.softmax.squares.clone(),
        }
    }

    /// Takes a state: counters [4], entries [n × 5], their slots, confirmed [actions], slots of the rows, weights and squares
    /// [rows × actions]. False, and nothing changed, when they do not fit together.
    pub fn restore(
        &mut self,
        [counters, table, slots, confirmed, rows, weights, squares]: [&[f32]; 7],
    ) -> bool {
        let actions = self.options.actions;
        let count = table.len() / 5;
        let whole = |x: f32, below: usize| x >= 0.0 && x.fract() == 0.0 && x < below as f32;
        let parts = [counters, table, slots, confirmed, rows, weights, squares];
        let mut distinct = std::collections::HashSet::new();
        let fits = parts.iter().all(|part| part.iter().all(|x| x.is_finite()))
            && counters.len() == 4
            && counters[..2].iter().all(|&x| whole(x, 1 << 24))
            && counters[2..].iter().all(|&x| whole(x, count.max(1)))
            && table.len() % 5 == 0
            && count <= CAPACITY
            && table
                .chunks(5)
                .all(|e| whole(e[0], 1 << 24) && whole(e[1], actions) && e[4] > 0.0)
            && table.chunks(5).map(|e| e[0] as usize).sum::<usize>() == slots.len()
            && slots
                .iter()
                .chain(rows)
                .all(|&s| whole(s, 1 << super::memory::SLOT_BITS))
            && confirmed.len() == actions
            && rows.iter().all(|&row| distinct.insert(row as u32))
            && weights.len() == rows.len() * actions
            && squares.len() == weights.len();
        if !fits {
            return false;
        }
        let integers = |part: &[f32]| part.iter().map(|&x| x as u32).collect::<Vec<u32>>();
        let mut at = 0;
        let entries = table.chunks(5).map(|e| {
            let from = at;
            at += e[0] as usize;
            let slots = integers(&slots[from..at]).into_boxed_slice();
            Entry {
                slots,
                action: e[1] as u32,
                reward: e[2],
                weight: e[3],
                norm: e[4],
            }
        });
        let (next, cursor) = (counters[2] as usize, counters[3] as usize);
        self.memory = Memory::restore(CAPACITY, entries.collect(), next, cursor);
        self.learned = counters[0] as u64 + ((counters[1] as u64) << 20);
        self.confirmed = confirmed.to_vec();
        let rate = self.options.learning_rate;
        self.softmax = Softmax::restore(
            actions,
            rate,
            integers(rows),
            weights.to_vec(),
            squares.to_vec(),
        );
        true
    }
}
impl BeliefOptions {
    pub fn set(&mut self, key: &str, value: f32) {
        match key {
            "gain" => self.gain = value,
            "width" => self.width = value,
            "offset" => self.offset = value,
            "sharing" => self.sharing = value,
            "fail" => self.failure_weight = value,
            "bonus" => self.discovery_bonus = value,
            "nw" => self.name_weight = value,
            "nl" => self.name_logit = value,
            "rate" => self.learning_rate = value,
            "replays" => self.replays = value as usize,
            "expert" => self.expert = value,
            _ => {}
        }
    }
}
impl BeliefModel {
    pub fn exploits(&self, ids: &[u32]) -> Vec<f32> {
        self.logits(ids)
    }
}
