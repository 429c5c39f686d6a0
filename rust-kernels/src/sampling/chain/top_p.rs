//! Nucleus: the most likely that have a share of the mass together.

use super::row::{sort, Candidate, Row};
use crate::simd::exp_in_place;

/// What sums of f32 probabilities are off by: a share that is reached within it is reached.
pub const SLACK: f64 = 1.0 / (1u64 << 22) as f64;

/// Classes of weights: 32 to a factor of two, over 64 factors of two.
const CLASSES: usize = 2048;

/// Keeps the fewest of the most likely whose probabilities add up to `share`; 1 keeps all.
///
/// ```text
/// last = min { n : p₁ + … + pₙ ≥ share, n ≥ min_keep }       p₁ ≥ p₂ ≥ …
/// ```
///
/// Weights are added up by classes; only the class in which the sum crosses the share is sorted.
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
    let mut weights: Vec<f32> = whole.iter().map(|x| x - largest as f32).collect();
    exp_in_place(&mut weights);
    let mut mass = vec![0f64; CLASSES];
    for &w in &weights {
        mass[class(w)] += w as f64;
    }
    let target = (share - SLACK) * mass.iter().sum::<f64>();
    let mut before = 0.0;
    let mut open = CLASSES - 1;
    for (of, &m) in mass.iter().enumerate() {
        if m > 0.0 && before + m >= target {
            open = of;
            break;
        }
        before += m;
    }
    let mut list = Vec::new();
    let mut heavier = 0;
    for ((&x, &w), id) in whole.iter().zip(&weights).zip(0u32..) {
        let of = class(w);
        heavier += (of < open) as usize;
        if of == open && x > f32::NEG_INFINITY {
            list.push(Candidate {
                id,
                logit: x as f64,
            });
        }
    }
    sort(&mut list);
    let least = min_keep.saturating_sub(heavier);
    let last = if least > list.len() {
        row.best(min_keep).last().copied()
    } else {
        crossing(&list, largest, before, target, least)
    };
    if let Some(last) = last {
        row.keep_through(last);
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
