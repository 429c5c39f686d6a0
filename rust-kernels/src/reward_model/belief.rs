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
//! Beside it a softmax model is fitted to every judgement as it comes and to some earlier ones again. The two are mixed, as
//! experts that know different things: the belief what is alike, the model which words count.
//!
//! ```text
//! explore(a) = belief(a) + κ_e · ln p(a)          exploit(a) = κ_x · (belief(a) without β) + ln p(a)
//! ```
//! Where words of actions mean nothing, clusters of the texts are a third expert: χ · ln P(a | x) is added to both.
//! Everything is a function of the judgements learned, in order.

use super::clusters::{ClusterOptions, Clusters, CHAINS};
use super::memory::{fold, Entry, Memory};
use super::softmax::Softmax;
use crate::linalg::softmax::{log_normalizer, probabilities};
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
    /// Draws later ones more often, so that in the end all were fitted about equally often; otherwise each draw is uniform and
    /// the first are fitted most.
    pub even_replays: bool,
    /// κ_e.
    pub expert: f32,
    /// κ_x.
    pub memory_share: f32,
    /// χ while exploring; no clusters are made when both are 0.
    pub cluster_explore: f32,
    /// χ for the best estimate.
    pub cluster_exploit: f32,
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
            learning_rate: 0.5,
            replays: 3,
            even_replays: named,
            expert: if named { 2.0 } else { 0.5 },
            memory_share: if named { 0.1 } else { 0.4 },
            cluster_explore: if named { 0.0 } else { 1.5 },
            cluster_exploit: if named { 0.0 } else { 1.0 },
        }
    }
}

#[derive(Clone)]
pub struct BeliefModel {
    options: BeliefOptions,
    pub learned: u64,
    pub memory: Memory,
    pub softmax: Softmax,
    pub clusters: Option<Clusters>,
    /// n_a.
    pub confirmed: Vec<f32>,
    /// slot → sorted actions whose name has it; only slots that a name has.
    names: std::collections::HashMap<u32, Vec<u32>>,
    name_slots: Vec<Box<[u32]>>,
    for_bins: Vec<f32>,
    against_bins: Vec<f32>,
    /// Similarities with all entries: room that is used again, not state.
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
        let clustered = options.cluster_explore != 0.0 || options.cluster_exploit != 0.0;
        let clusters = || Clusters::new(ClusterOptions::default(), options.actions);
        let mut model = Self {
            options,
            learned: 0,
            memory: Memory::new(CAPACITY),
            softmax: Softmax::new(options.actions, options.learning_rate),
            clusters: clustered.then(clusters).flatten(),
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

    /// Adds `weight` · belief to `out`.
    fn add_belief(&mut self, slots: &[u32], norm: f32, weight: f32, bonus: f32, out: &mut [f32]) {
        let mut shared = core::mem::take(&mut self.shared);
        self.memory.similarities(slots, norm, &mut shared);
        let o = self.options;
        let (mut pro, mut contra) = (vec![0.0f32; o.actions], vec![0.0f32; o.actions]);
        for (entry, &s) in self.memory.entries.iter().zip(&shared) {
            let bin = ((s * BINS as f32) as usize).min(BINS - 1);
            let a = entry.action as usize;
            pro[a] += entry.reward * self.for_bins[bin];
            contra[a] += (1.0 - entry.reward) * self.against_bins[bin];
        }
        self.shared = shared;
        let names = self.name_scores(slots, norm, o.name_weight);
        for a in 0..o.actions {
            let share = self.confirmed[a].max(1.0).powf(o.sharing);
            let unclaimed = if self.confirmed[a] < 0.5 { bonus } else { 0.0 };
            out[a] +=
                weight * (unclaimed + names[a] + pro[a] / share + o.failure_weight * contra[a]);
        }
    }

    /// Adds `weight` · ln P(a | x) of the clusters to `out`.
    fn add_clusters(&mut self, slots: &[u32], weight: f32, out: &mut [f32]) {
        if let Some(clusters) = &mut self.clusters {
            let p = clusters.probabilities(&self.memory, slots, &self.confirmed);
            for (o, p) in out.iter_mut().zip(p) {
                *o += weight * p.ln();
            }
        }
    }

    /// [actions] ln p of the fitted model.
    fn log_probabilities(&self, slots: &[u32], norm: f32) -> Vec<f32> {
        let mut logits = self.name_scores(slots, norm, self.options.name_logit);
        self.softmax
            .add_logits(&self.memory, slots, norm, &mut logits);
        let total = log_normalizer(&logits, None, 1.0);
        logits.iter_mut().for_each(|z| *z -= total);
        logits
    }

    /// [actions] what to act on while judgements are expected.
    pub fn explore(&mut self, ids: &[u32]) -> Vec<f32> {
        let slots = fold(ids);
        let norm = self.memory.norm(&slots);
        let mut out = self.log_probabilities(&slots, norm);
        out.iter_mut().for_each(|z| *z *= self.options.expert);
        self.add_belief(&slots, norm, 1.0, self.options.discovery_bonus, &mut out);
        self.add_clusters(&slots, self.options.cluster_explore, &mut out);
        out
    }

    /// [actions] the best estimate, as logits.
    pub fn exploit(&mut self, ids: &[u32]) -> Vec<f32> {
        let slots = fold(ids);
        let norm = self.memory.norm(&slots);
        let mut out = self.log_probabilities(&slots, norm);
        self.add_belief(&slots, norm, self.options.memory_share, 0.0, &mut out);
        self.add_clusters(&slots, self.options.cluster_exploit, &mut out);
        out
    }

    /// [actions] probability of being right: the softmax of the best estimate.
    pub fn estimates(&mut self, ids: &[u32]) -> Vec<f32> {
        let logits = self.exploit(ids);
        let mut p = vec![0.0; logits.len()];
        probabilities(&logits, None, 1.0, &mut p);
        p
    }

    /// Learns one judgement, and some earlier ones again.
    pub fn learn(&mut self, ids: &[u32], action: usize, reward: f32, weight: f32) {
        let slots = fold(ids);
        let (place, before) = self.memory.add(slots, action as u32, reward, weight);
        if let Some(Entry { action, reward, .. }) = &before {
            self.confirmed[*action as usize] -= *reward;
        }
        self.confirmed[action] += self.memory.entries[place].reward;
        self.memory.refresh();
        if let Some(clusters) = &mut self.clusters {
            let (memory, confirmed) = (&self.memory, &self.confirmed);
            clusters.learn(memory, place, before.as_ref(), confirmed, self.learned);
        }
        self.softmax
            .grow(&self.memory, &self.memory.entries[place].slots, 2);
        self.fit(place, weight);
        for k in 0..self.options.replays as u32 {
            let draw = uniform(self.learned, 0, k) as f64;
            let draw = if self.options.even_replays {
                draw.sqrt()
            } else {
                draw
            };
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
            6 => self.softmax.squares.clone(),
            _ => match &self.clusters {
                Some(clusters) => clusters.assigned.iter().map(|&k| k as f32).collect(),
                None => Vec::new(),
            },
        }
    }

    /// Takes a state: counters [4], entries [n × 5], their slots, confirmed [actions], slots of the rows, weights and squares
    /// [rows × actions], clusters [n × chains], none where there are none. False, and nothing changed, when they do not fit
    /// together.
    pub fn restore(
        &mut self,
        [counters, table, slots, confirmed, rows, weights, squares, assigned]: [&[f32]; 8],
    ) -> bool {
        let actions = self.options.actions;
        let count = table.len() / 5;
        let whole = |x: f32, below: usize| x >= 0.0 && x.fract() == 0.0 && x < below as f32;
        let parts = [
            counters, table, slots, confirmed, rows, weights, squares, assigned,
        ];
        let clusters = self.clusters.as_ref().map_or(0, |c| c.count());
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
            && squares.len() == weights.len()
            && assigned.len() == if clusters > 0 { count * CHAINS } else { 0 }
            && assigned.iter().enumerate().all(|(i, &k)| {
                let first = i % CHAINS * clusters;
                whole(k, first + clusters) && k >= first as f32
            });
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
        if let Some(clusters) = &mut self.clusters {
            let assigned = assigned.iter().map(|&k| k as u16).collect();
            clusters.restore(&self.memory, assigned);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward_model::exploration::best;

    /// Texts of intent i share ids that no other intent has; the top bits make the slots differ.
    fn said(intent: u32, variant: u32) -> Vec<u32> {
        let id = |x: u32| x << 14;
        let own = (0..4).map(|k| id(100 * (intent + 1) + (variant + k) % 6));
        own.chain([id(7), id(1000 + variant % 3)]).collect()
    }

    fn model(named: bool) -> BeliefModel {
        let names: Vec<Vec<u32>> = (0..4).map(|intent| said(intent, 0)).collect();
        BeliefModel::new(
            BeliefOptions::preset(4, named),
            if named { &names } else { &[] },
        )
    }

    #[test]
    fn a_failed_action_is_not_tried_again_on_the_same_words() {
        let mut model = model(false);
        let mut tried = Vec::new();
        for _ in 0..4 {
            tried.push(best(&model.explore(&said(0, 0))));
            model.learn(&said(0, 0), tried[tried.len() - 1], 0.0, 1.0);
        }
        tried.sort_unstable();
        assert_eq!(tried, [0, 1, 2, 3]);
    }

    #[test]
    fn it_finds_separable_intents_and_estimates_them_right() {
        let mut model = model(false);
        for event in 0..300u32 {
            let x = said(event % 4, event / 4);
            let choice = best(&model.explore(&x));
            let right = choice as u32 == 3 - event % 4;
            model.learn(&x, choice, right as u32 as f32, 1.0);
        }
        for intent in 0..4 {
            let x = said(intent, 2);
            assert_eq!(best(&model.exploit(&x)) as u32, 3 - intent);
            let p = model.estimates(&x);
            assert!(p[3 - intent as usize] > 0.8 && (p.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn names_are_believed_before_anything_was_judged() {
        let mut model = model(true);
        assert_eq!(best(&model.explore(&said(2, 1))), 2);
        assert_eq!(best(&model.exploit(&said(3, 1))), 3);
    }

    #[test]
    fn asking_changes_nothing_and_a_restored_state_learns_on_bit_for_bit() {
        let teach = |model: &mut BeliefModel, from: u32, to: u32| {
            for e in from..to {
                let reward = [0.0, 1.0, 0.5][e as usize % 3];
                model.learn(&said(e % 5, e), e as usize % 4, reward, 1.0);
            }
        };
        let bits = |model: &BeliefModel| (0..8).map(|part| model.read(part)).collect::<Vec<_>>();
        for named in [true, false] {
            let (mut first, mut second) = (model(named), model(named));
            teach(&mut first, 0, 40);
            for e in 0..40 {
                second.explore(&said(1, e));
                teach(&mut second, e, e + 1);
            }
            assert_eq!(bits(&first), bits(&second));
            let parts = bits(&first);
            let mut restored = model(named);
            assert!(restored.restore(core::array::from_fn(|part| parts[part].as_slice())));
            teach(&mut first, 40, 80);
            teach(&mut restored, 40, 80);
            assert_eq!(bits(&first), bits(&restored));
            assert_eq!(first.explore(&said(1, 1)), restored.explore(&said(1, 1)));
        }
    }

    #[test]
    fn restore_refuses_what_does_not_fit_and_changes_nothing() {
        let mut model = model(false);
        model.learn(&said(0, 0), 1, 1.0, 1.0);
        model.learn(&said(0, 1), 2, 0.0, 1.0);
        let parts: Vec<Vec<f32>> = (0..8).map(|part| model.read(part)).collect();
        for part in 0..8 {
            for wrong in [f32::NAN, -1.0, 0.5, 1e9] {
                let mut bad = parts.clone();
                bad[part].push(wrong);
                assert!(!model.restore(core::array::from_fn(|p| bad[p].as_slice())));
            }
        }
        let mut bad = parts.clone();
        bad[1][1] = 4.0; // an action that does not exist
        assert!(!model.restore(core::array::from_fn(|p| bad[p].as_slice())));
        assert_eq!(
            (0..8).map(|part| model.read(part)).collect::<Vec<_>>(),
            parts
        );
    }
}
