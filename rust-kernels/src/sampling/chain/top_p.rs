//! Nucleus: the most likely that have a share of the mass together.

use super::row::{sort, Candidate, Row};
use crate::simd::{exp, F32x4};

/// What sums of f32 probabilities are off by: a share that is reached within it is reached.
pub const SLACK: f64 = 1.0 / (1u64 << 22) as f64;

/// Classes of weights: 32 to a factor of two, over 64 factors of two.
const CLASSES: usize = 2048;
/// One weight in so many says where the share is crossed.
const STRIDE: usize = 16;
/// Standard deviations that this may be off by.
const DEVIATIONS: f64 = 4.0;
/// Fewer weights are all looked at.
const FEW: usize = 1024;
/// Weights that are looked at together.
const BLOCK: usize = 16;

/// Keeps the fewest of the most likely whose probabilities add up to `share`; 1 keeps all.
///
/// ```text
/// last = min { n : p₁ + … + pₙ ≥ share, n ≥ min_keep }       p₁ ≥ p₂ ≥ …, of equals the lower id first
/// ```
///
/// A sample of the weights says between which two the sum crosses the share; what is heavier is added up, and only what is
/// between is put in classes, of which the crossing one is sorted. Where the sample was wrong all of them are between.
pub fn top_p(row: &mut Row, share: f64, min_keep: usize) {
    if share >= 1.0 {
        return;
    }
    let largest = row.largest();
    let Some(whole) = row.whole() else {
        let list = row.best(usize::MAX);
        let total = list.iter().map(|c| (c.logit - largest).exp()).sum::<f64>();
        let target = (share - SLACK) * total;
        if let Some(last) = crossing(&list, largest, 0.0, target, min_keep) {
            row.keep_through(last);
        }
        return;
    };
    let (weights, total) = weigh(whole, largest as f32);
    let target = (share - SLACK) * total;
    let last = last_within(
        whole,
        &weights,
        largest,
        target,
        &guess(&weights, total - target),
    )
    .or_else(|| last_within(whole, &weights, largest, target, &Between::ALL));
    let least = if min_keep > 1 {
        row.best(min_keep).last().copied()
    } else {
        None
    };
    if let Some(last) = later(last, least) {
        row.keep_through(last);
    }
}

/// `exp(x − largest)` of every logit, and their sum.
fn weigh(whole: &[f32], largest: f32) -> (Vec<f32>, f64) {
    let shift = F32x4::splat(largest);
    let mut weights = vec![0.0; whole.len()];
    for (x, w) in whole.chunks(4).zip(weights.chunks_mut(4)) {
        if x.len() == 4 {
            exp(F32x4::load(x) - shift).store(w);
        } else {
            for (x, w) in x.iter().zip(w) {
                *w = exp(F32x4::splat(*x) - shift).to_array()[0];
            }
        }
    }
    let total = sum(&weights);
    (weights, total)
}

/// The sum of all weights, in eight lanes.
fn sum(weights: &[f32]) -> f64 {
    let mut lanes = [0f64; 8];
    let eights = weights.chunks_exact(8);
    for (&w, lane) in eights.remainder().iter().zip(&mut lanes) {
        *lane = w as f64;
    }
    for eight in eights {
        for i in 0..8 {
            lanes[i] += eight[i] as f64;
        }
    }
    lanes.iter().sum()
}

/// The weights of more than `least` and at most `most`.
struct Between {
    least: f32,
    most: f32,
}

impl Between {
    const ALL: Self = Self {
        least: 0.0,
        most: f32::INFINITY,
    };
}

/// Where the weights from the lightest on, added up, probably reach `budget`.
///
/// ```text
/// Σ_{w ≤ t} w ≈ STRIDE · T ± DEVIATIONS · STRIDE · √V       T = Σ w, V = Σ w² over every STRIDE-th weight of at most t
/// ```
fn guess(weights: &[f32], budget: f64) -> Between {
    if weights.len() < FEW {
        return Between::ALL;
    }
    let mut sums = vec![[0f64; 2]; CLASSES];
    for &w in weights.iter().step_by(STRIDE) {
        let [mass, squares] = &mut sums[class(w)];
        *mass += w as f64;
        *squares += w as f64 * w as f64;
    }
    let mut between = Between::ALL;
    let (mut mass, mut squares) = (0.0, 0.0);
    for (of, &[m, s]) in sums.iter().enumerate().rev().filter(|(_, [m, _])| *m > 0.0) {
        mass += m;
        squares += s;
        let off = DEVIATIONS * squares.sqrt();
        let heaviest = if of == 0 {
            f32::INFINITY
        } else {
            heavier_than(of - 1)
        };
        if STRIDE as f64 * (mass + off) < budget {
            between.least = heaviest;
        } else if STRIDE as f64 * (mass - off) > budget {
            between.most = heaviest;
            break;
        }
    }
    between
}

/// The token with which the weights, the heaviest first, reach the target, when it is `between`; of all weights always
/// one, the lightest where rounding keeps them below it.
fn last_within(
    whole: &[f32],
    weights: &[f32],
    largest: f64,
    target: f64,
    between: &Between,
) -> Option<Candidate> {
    let (mut before, ids) = split(weights, between);
    if before >= target && between.most < f32::INFINITY {
        return None;
    }
    let mut mass = vec![0f64; CLASSES];
    for &id in &ids {
        let w = weights[id as usize];
        mass[class(w)] += w as f64;
    }
    let mut open = None;
    for (of, &m) in mass.iter().enumerate() {
        if m > 0.0 && before + m >= target {
            open = Some(of);
            break;
        }
        before += m;
    }
    if open.is_none() && between.least > 0.0 {
        return None;
    }
    let open = open.unwrap_or(CLASSES - 1);
    let mut list: Vec<Candidate> = ids
        .into_iter()
        .filter(|&id| class(weights[id as usize]) == open)
        .map(|id| Candidate {
            id,
            logit: whole[id as usize] as f64,
        })
        .collect();
    sort(&mut list);
    crossing(&list, largest, before, target, 0)
}

/// The sum of what is heavier, and the ids of what is between.
fn split(weights: &[f32], between: &Between) -> (f64, Vec<u32>) {
    let (least, most) = (between.least, between.most);
    let (low, high) = (F32x4::splat(least), F32x4::splat(most));
    let zero = F32x4::zero();
    let mut sums = [0f64; 4];
    let mut ids = vec![0u32; BLOCK];
    let mut count = 0;
    let mut collect = |block: &[f32], at: usize| {
        if ids.len() < count + BLOCK {
            ids.resize(2 * ids.len() + BLOCK, 0);
        }
        for (&w, id) in block.iter().zip(at as u32..) {
            ids[count] = id;
            count += (w > least && w <= most) as usize;
        }
    };
    let blocks = weights.chunks_exact(BLOCK);
    let rest = blocks.remainder();
    for (block, at) in blocks.zip((0..).step_by(BLOCK)) {
        let mut inside = zero;
        for four in block.chunks_exact(4) {
            let w = F32x4::load(four);
            let heavy = high.less(w).select(w, zero);
            inside = inside.max(low.less(w).select(w - heavy, zero));
            let heavy = heavy.to_array();
            for i in 0..4 {
                sums[i] += heavy[i] as f64;
            }
        }
        if inside.sum() > 0.0 {
            collect(block, at);
        }
    }
    collect(rest, weights.len() - rest.len());
    ids.truncate(count);
    let heavy = rest.iter().filter(|&&w| w > most).map(|&w| w as f64);
    (sums.iter().sum::<f64>() + heavy.sum::<f64>(), ids)
}

/// Which of two keeps more.
fn later(a: Option<Candidate>, b: Option<Candidate>) -> Option<Candidate> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let keeps_more = b.logit < a.logit || (b.logit == a.logit && b.id > a.id);
            Some(if keeps_more { b } else { a })
        }
        (a, b) => a.or(b),
    }
}

/// The token with which the weights of a sorted list, added to those before it, reach the target; else the last.
fn crossing(
    sorted: &[Candidate],
    largest: f64,
    before: f64,
    target: f64,
    least: usize,
) -> Option<Candidate> {
    let mut sum = before;
    for (n, c) in sorted.iter().enumerate() {
        sum += (c.logit - largest).exp();
        if sum >= target && n + 1 >= least {
            return Some(*c);
        }
    }
    sorted.last().copied()
}

/// The class of a weight of at most 1, the heaviest first.
#[inline(always)]
fn class(weight: f32) -> usize {
    ((0x3f80_0000u32.saturating_sub(weight.to_bits())) >> 18).min(CLASSES as u32 - 1) as usize
}

/// What all weights of the classes up to this one exceed, and no others.
fn heavier_than(class: usize) -> f32 {
    f32::from_bits(0x3f80_0000 - ((class as u32 + 1) << 18))
}
