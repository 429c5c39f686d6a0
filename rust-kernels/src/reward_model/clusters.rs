//! Which judged texts belong together, and which action each such cluster asks for.
//!
//! A mixture of texts, drawn by collapsed Gibbs sampling (Yin and Wang 2014), that also hears what was judged: texts of one
//! cluster share what failed on them even when they share few words with each other. P(f) is how often a feature occurs.
//!
//! ```text
//! ln P(x in k) = ln(n_k + 1) + Σ_f t_f · ln[(c_kf + β P(f)) / ((N_k + β) P(f))] + const     t_f = τ · clamp(idf_f / ι, 0, 1)
//! ln B_k(a)    = λ · right_ka − μ · wrong_ka + ln(prior of a) + const       λ = ln(ρ A / (1 − ρ))
//! P(a | x)     = mean over chains of Σ_k P(x in k) · [ρ B_k(a) + (1 − ρ) / A]
//! ```
//! ρ is the share of a cluster that asks for its action. Actions that were right somewhere have the prior `claimed_share`
//! together, the others what is left. Each judgement draws the cluster of its text, then those of some earlier texts again,
//! in every chain; a draw is a pure function of the number of judgements. Counts are integers, so the state is the list of
//! clusters and its order of arrival does not matter.

use super::memory::{Entry, Memory, SLOT_BITS};
use crate::random::uniform;

/// Independent samplers, whose mean is less noisy than one.
pub const CHAINS: usize = 3;
/// Tables hold (clusters × actions) numbers: with more actions there are no clusters.
pub const MOST_ACTIONS: usize = 512;
/// One reward, as an integer.
const UNIT: f32 = 4096.0;
/// Clusters with less probability are left out.
const NEGLIGIBLE: f32 = 1e-5;

#[derive(Clone, Copy, Debug)]
pub struct ClusterOptions {
    /// β.
    pub smoothing: f32,
    /// τ: features overlap, so they count less than independent ones would.
    pub temper: f32,
    /// ι: from this idf on, a feature counts in full.
    pub rare: f32,
    /// ρ.
    pub purity: f32,
    /// μ.
    pub failure: f32,
    pub claimed_share: f32,
    /// Earlier texts that are drawn again with each judgement.
    pub redraws: usize,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            smoothing: 1000.0,
            temper: 0.2,
            rare: 4.0,
            purity: 0.8,
            failure: 1.5,
            claimed_share: 0.3,
            redraws: 4,
        }
    }
}

#[derive(Clone)]
pub struct Clusters {
    options: ClusterOptions,
    actions: usize,
    /// Clusters of one chain; cluster k of chain c is c · count + k.
    count: usize,
    /// [entries × chains] the cluster of each entry: the state.
    pub assigned: Vec<u16>,
    /// slot → (cluster, c_kf), sorted.
    features: Vec<Vec<(u16, u32)>>,
    /// n_k.
    texts: Vec<u32>,
    /// N_k.
    lengths: Vec<u32>,
    /// [clusters × actions], in units.
    right: Vec<i32>,
    wrong: Vec<i32>,
    /// [clusters × actions] B, computed again where stale.
    beliefs: Vec<f32>,
    stale: Vec<bool>,
    claimed: Vec<bool>,
}

/// ln x for finite x ≥ 1, within 2e-5 (Abramowitz and Stegun 4.1.43).
#[inline(always)]
fn ln_from_one(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let m = f32::from_bits(bits & 0x7F_FFFF | 0x3F80_0000) - 1.0;
    let series = -0.491_908_96 + m * (0.289_474_8 + m * (-0.136_062_75 + m * 0.032_158_45));
    exponent as f32 * core::f32::consts::LN_2 + m * (0.999_495_56 + m * series)
}

/// exp(x − max), and its sum.
fn exponentials(scores: &mut [f32]) -> f32 {
    let peak = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for s in scores {
        *s = (*s - peak).exp();
        sum += *s;
    }
    sum
}

impl Clusters {
    /// Four clusters for three actions; none when there are too many actions.
    pub fn new(options: ClusterOptions, actions: usize) -> Option<Self> {
        let count = (4 * actions).div_ceil(3);
        let all = CHAINS * count;
        (actions <= MOST_ACTIONS).then(|| Self {
            options,
            actions,
            count,
            assigned: Vec::new(),
            features: vec![Vec::new(); 1 << SLOT_BITS],
            texts: vec![0; all],
            lengths: vec![0; all],
            right: vec![0; all * actions],
            wrong: vec![0; all * actions],
            beliefs: vec![0.0; all * actions],
            stale: vec![true; all],
            claimed: vec![false; actions],
        })
    }

    /// Clusters of one chain.
    pub fn count(&self) -> usize {
        self.count
    }

    /// [chains × clusters] ln P(x in k), up to a constant of the chain.
    fn fit(&self, memory: &Memory, slots: &[u32]) -> Vec<f32> {
        let o = &self.options;
        let mut scores: Vec<f32> = self.texts.iter().map(|&n| (n as f32).ln_1p()).collect();
        let chain = &self.lengths[..self.count];
        let total = chain.iter().map(|&n| n as u64).sum::<u64>() as f32 + 2000.0;
        let rows = memory.entries.len().max(1) as f32;
        let mut length = 0.0;
        for &slot in slots {
            let frequency = memory.frequency(slot) as f32 + 0.5;
            let t = o.temper * ((rows / frequency).ln() / o.rare).clamp(0.0, 1.0);
            let scale = total / (o.smoothing * frequency);
            length += t;
            for &(k, c) in &self.features[slot as usize] {
                scores[k as usize] += t * ln_from_one(1.0 + c as f32 * scale);
            }
        }
        for (s, &n) in scores.iter_mut().zip(&self.lengths) {
            *s -= length * (n as f32 / o.smoothing).ln_1p();
        }
        scores
    }

    /// Computes stale beliefs; all are when an action was right for the first time.
    fn refresh(&mut self, confirmed: &[f32]) {
        let (o, actions) = (self.options, self.actions);
        if confirmed
            .iter()
            .zip(&self.claimed)
            .any(|(n, &was)| (*n > 0.5) != was)
        {
            self.claimed = confirmed.iter().map(|&n| n > 0.5).collect();
            self.stale.fill(true);
        }
        if !self.stale.contains(&true) {
            return;
        }
        let claimed = self.claimed.iter().filter(|&&is| is).count();
        let share = match claimed {
            0 => 0.0,
            n if n == actions => 1.0,
            _ => o.claimed_share,
        };
        let prior = |share: f32, among: usize| (share / among.max(1) as f32).max(1e-9).ln();
        let priors = [prior(1.0 - share, actions - claimed), prior(share, claimed)];
        let lift = (o.purity * actions as f32 / (1.0 - o.purity)).ln() / UNIT;
        let drop = o.failure / UNIT;
        for k in (0..self.stale.len()).filter(|&k| self.stale[k]) {
            let row = k * actions..(k + 1) * actions;
            let beliefs = &mut self.beliefs[row.clone()];
            let evidence = self.right[row.clone()].iter().zip(&self.wrong[row]);
            for ((b, (&right, &wrong)), &is) in beliefs.iter_mut().zip(evidence).zip(&self.claimed)
            {
                *b = priors[is as usize] + lift * right as f32 - drop * wrong as f32;
            }
            let sum = exponentials(beliefs);
            beliefs.iter_mut().for_each(|b| *b /= sum);
        }
        self.stale.fill(false);
    }

    /// [actions] P(a | x); `confirmed` says how often each action was right.
    pub fn probabilities(&mut self, memory: &Memory, slots: &[u32], confirmed: &[f32]) -> Vec<f32> {
        self.refresh(confirmed);
        let (purity, actions) = (self.options.purity, self.actions);
        let mut out = vec![(1.0 - purity) / actions as f32; actions];
        let mut scores = self.fit(memory, slots);
        let chains = scores.chunks_mut(self.count);
        for (scores, beliefs) in chains.zip(self.beliefs.chunks(self.count * actions)) {
            let sum = exponentials(scores);
            for (s, beliefs) in scores.iter().zip(beliefs.chunks(actions)) {
                let p = s / sum;
                if p > NEGLIGIBLE {
                    let weight = purity * p / CHAINS as f32;
                    for (o, b) in out.iter_mut().zip(beliefs) {
                        *o += weight * b;
                    }
                }
            }
        }
        out
    }

    /// Takes an entry out, or puts it back.
    fn count_in(&mut self, place: usize, entry: &Entry, sign: i32) {
        let right = (entry.reward * UNIT).round() as i32;
        let length = entry.slots.len() as i32;
        for c in 0..CHAINS {
            let cluster = self.assigned[place * CHAINS + c];
            let k = cluster as usize;
            self.texts[k] = self.texts[k].wrapping_add_signed(sign);
            self.lengths[k] = self.lengths[k].wrapping_add_signed(sign * length);
            let at = k * self.actions + entry.action as usize;
            self.right[at] += sign * right;
            self.wrong[at] += sign * (UNIT as i32 - right);
            self.stale[k] = true;
            for &slot in entry.slots.iter() {
                let row = &mut self.features[slot as usize];
                match row.binary_search_by_key(&cluster, |&(k, _)| k) {
                    Ok(i) if row[i].1 == 1 && sign < 0 => drop(row.remove(i)),
                    Ok(i) => row[i].1 = row[i].1.wrapping_add_signed(sign),
                    Err(i) => row.insert(i, (cluster, 1)),
                }
            }
        }
    }

    /// Draws the clusters of an entry that is counted nowhere.
    fn draw(&mut self, memory: &Memory, place: usize, confirmed: &[f32], seed: u64, counter: u32) {
        self.refresh(confirmed);
        let entry = &memory.entries[place];
        let mut scores = self.fit(memory, &entry.slots);
        let chance = (1.0 - self.options.purity) / self.actions as f32;
        for (k, s) in scores.iter_mut().enumerate() {
            let b = self.beliefs[k * self.actions + entry.action as usize];
            let p = self.options.purity * b + chance;
            *s += (entry.reward * p + (1.0 - entry.reward) * (1.0 - p)).ln();
        }
        for (c, scores) in scores.chunks_mut(self.count).enumerate() {
            let mut left = exponentials(scores) * uniform(seed, 1 + c as u32, counter);
            let mut k = 0;
            while k + 1 < scores.len() && left >= scores[k] {
                left -= scores[k];
                k += 1;
            }
            self.assigned[place * CHAINS + c] = (c * self.count + k) as u16;
        }
    }

    /// Learns what the memory took in at `place`, and `before`, what it held there. `seed` is the number of judgements.
    pub fn learn(
        &mut self,
        memory: &Memory,
        place: usize,
        before: Option<&Entry>,
        confirmed: &[f32],
        seed: u64,
    ) {
        match before {
            Some(before) => self.count_in(place, before, -1),
            None => self.assigned.resize((place + 1) * CHAINS, 0),
        }
        self.draw(memory, place, confirmed, seed, 0);
        self.count_in(place, &memory.entries[place], 1);
        for k in 1..=self.options.redraws as u32 {
            let at = uniform(seed, 1 + CHAINS as u32, k) as f64;
            let place = (at * memory.entries.len() as f64) as usize;
            self.count_in(place, &memory.entries[place], -1);
            self.draw(memory, place, confirmed, seed, k);
            self.count_in(place, &memory.entries[place], 1);
        }
    }

    /// The clusters of these entries. False when they do not fit.
    pub fn restore(&mut self, memory: &Memory, assigned: Vec<u16>) -> bool {
        let fits = assigned.len() == memory.entries.len() * CHAINS
            && assigned.iter().enumerate().all(|(i, &k)| {
                let first = i % CHAINS * self.count;
                (first..first + self.count).contains(&(k as usize))
            });
        if !fits {
            return false;
        }
        let empty = Self::new(self.options, self.actions).expect("as many actions as before");
        *self = Self { assigned, ..empty };
        for (place, entry) in memory.entries.iter().enumerate() {
            self.count_in(place, entry, 1);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two kinds of text with eight features each, of which a text has four.
    fn text(kind: u32, variant: u32) -> Box<[u32]> {
        let mut slots: Vec<u32> = (0..4)
            .map(|i| 100 * kind + (variant * 3 + i * 5) % 8)
            .collect();
        slots.sort_unstable();
        slots.dedup();
        slots.into()
    }

    fn taught(judgements: &[(u32, usize, f32)]) -> (Memory, Clusters, Vec<f32>) {
        let mut memory = Memory::new(64);
        let mut clusters = Clusters::new(ClusterOptions::default(), 6).unwrap();
        let mut confirmed = vec![0.0; 6];
        for (n, &(kind, action, reward)) in judgements.iter().enumerate() {
            let slots = text(kind, n as u32);
            let (place, before) = memory.add(slots, action as u32, reward, 1.0);
            if let Some(before) = &before {
                confirmed[before.action as usize] -= before.reward;
            }
            confirmed[action] += memory.entries[place].reward;
            clusters.learn(&memory, place, before.as_ref(), &confirmed, n as u64);
        }
        (memory, clusters, confirmed)
    }

    #[test]
    fn the_logarithm_is_close() {
        for i in 0..4000 {
            let x = 1.0 + (i as f32).powi(3) * 1e-4;
            assert!((ln_from_one(x) - x.ln()).abs() < 2e-5, "{x}");
        }
    }

    #[test]
    fn nothing_known_is_one_over_the_actions() {
        let (memory, mut clusters, confirmed) = taught(&[]);
        let p = clusters.probabilities(&memory, &text(1, 0), &confirmed);
        assert!(p.iter().all(|p| (p - 1.0 / 6.0).abs() < 1e-6), "{p:?}");
    }

    #[test]
    fn beliefs_by_hand() {
        let (memory, mut clusters, confirmed) = taught(&[(1, 2, 1.0)]);
        clusters.refresh(&confirmed);
        let row = |clusters: &Clusters, k: usize| clusters.beliefs[k * 6..k * 6 + 6].to_vec();
        // Prior 0.3 for the claimed action, 0.7 / 5 for each other; one right is worth 0.8 · 6 / 0.2 = 24 to 1.
        let own = row(&clusters, clusters.assigned[0] as usize);
        assert!((own[2] - 7.2 / (7.2 + 0.7)).abs() < 1e-5 && (own[0] - 0.14 / 7.9).abs() < 1e-5);
        let other = (0..clusters.count).find(|&k| k != clusters.assigned[0] as usize);
        assert!((row(&clusters, other.unwrap())[2] - 0.3).abs() < 1e-6);
        assert_eq!(memory.entries.len(), 1);
    }

    #[test]
    fn what_failed_on_a_cluster_is_doubted_for_texts_that_share_other_words() {
        let told: Vec<_> = (0..40)
            .map(|n| (1 + n % 2, (n / 2 % 3) as usize, 0.0))
            .collect();
        let (memory, mut clusters, confirmed) = taught(&told);
        let p = clusters.probabilities(&memory, &text(1, 1), &confirmed);
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{p:?}");
        assert!(
            p[..3]
                .iter()
                .all(|tried| p[3..].iter().all(|new| new > tried)),
            "{p:?}"
        );
    }

    #[test]
    fn counting_out_and_in_again_changes_nothing_and_a_restored_one_is_equal() {
        let told: Vec<_> = (0..200)
            .map(|n| {
                (
                    1 + n % 3,
                    (n % 6) as usize,
                    [0.0, 1.0, 0.37][n as usize % 3],
                )
            })
            .collect();
        let (memory, clusters, confirmed) = taught(&told); // 64 places for 144 pairs: some were forgotten
        let mut other = Clusters::new(ClusterOptions::default(), 6).unwrap();
        assert!(other.restore(&memory, clusters.assigned.clone()));
        assert_eq!(other.features, clusters.features);
        assert_eq!(
            (&other.texts, &other.lengths),
            (&clusters.texts, &clusters.lengths)
        );
        assert_eq!(
            (&other.right, &other.wrong),
            (&clusters.right, &clusters.wrong)
        );
        assert_eq!(
            other.probabilities(&memory, &text(2, 5), &confirmed),
            clusters
                .clone()
                .probabilities(&memory, &text(2, 5), &confirmed)
        );
        for wrong in [vec![], vec![0; 64 * CHAINS]] {
            assert!(!other.restore(&memory, wrong));
        }
    }

    #[test]
    fn too_many_actions_have_no_clusters() {
        assert!(Clusters::new(ClusterOptions::default(), MOST_ACTIONS + 1).is_none());
        let most = CHAINS
            * Clusters::new(ClusterOptions::default(), MOST_ACTIONS)
                .unwrap()
                .count;
        assert!(most <= u16::MAX as usize);
    }
}
