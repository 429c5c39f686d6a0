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
/// All tokens below `(1 − share) · Σw / tokens` together have less than `1 − share`, so they are out at once; of the rest
/// only the class of weights in which the sum crosses is sorted.
pub fn top_p(row: &mut Row, share: f64, min_keep: usize) {
    if share >= 1.0 {
        return;
    }
    let normalizer = row.log_normalizer();
    let least = ((1.0 - share) / row.size.max(1) as f64).ln() + normalizer;
    let Some(whole) = row.whole() else {
        let list = core::mem::take(row.list());
        let kept = nucleus(list, normalizer, 0.0, share, min_keep);
        return row.keep(kept);
    };
    let (ids, mut weights) = compact(whole, least as f32);
    let logits = weights.clone();
    for x in weights.iter_mut() {
        *x -= normalizer as f32;
    }
    exp_in_place(&mut weights);
    let mut mass = vec![0f64; CLASSES];
    for &w in &weights {
        mass[class(w)] += w as f64;
    }
    let mut before = 0.0;
    let mut crossing = CLASSES - 1;
    for (c, &m) in mass.iter().enumerate() {
        if m > 0.0 && before + m >= share - SLACK {
            crossing = c;
            break;
        }
        before += m;
    }
    let (mut kept, mut open) = (Vec::new(), Vec::new());
    for ((&id, &x), &w) in ids.iter().zip(&logits).zip(&weights) {
        let of = class(w);
        let candidate = Candidate {
            id,
            logit: x as f64,
        };
        if of < crossing {
            kept.push(candidate);
        } else if of == crossing {
            open.push(candidate);
        }
    }
    if kept.len() + open.len() < min_keep {
        let list = core::mem::take(row.list());
        let kept = nucleus(list, normalizer, 0.0, share, min_keep);
        return row.keep(kept);
    }
    let least = min_keep.saturating_sub(kept.len());
    kept.extend(nucleus(open, normalizer, before, share, least));
    row.keep(kept);
}

/// Sorts, and keeps what is needed to reach the share from what is there before.
fn nucleus(
    mut list: Vec<Candidate>,
    normalizer: f64,
    before: f64,
    share: f64,
    min_keep: usize,
) -> Vec<Candidate> {
    sort(&mut list);
    let mut sum = before;
    for n in 0..list.len() {
        sum += (list[n].logit - normalizer).exp();
        if sum >= share - SLACK && n + 1 >= min_keep {
            list.truncate(n + 1);
            break;
        }
    }
    list
}

/// Ids and logits of at least `limit`; −∞ is never in.
fn compact(whole: &[f32], limit: f32) -> (Vec<u32>, Vec<f32>) {
    let limit = limit.max(f32::MIN);
    let count = whole.iter().filter(|&&x| x >= limit).count();
    let (mut ids, mut logits) = (vec![0u32; count + 1], vec![0f32; count + 1]);
    let mut n = 0;
    for (&x, id) in whole.iter().zip(0u32..) {
        ids[n] = id;
        logits[n] = x;
        n += (x >= limit) as usize;
    }
    ids.truncate(count);
    logits.truncate(count);
    (ids, logits)
}

/// The class of a weight of at most 1, the heaviest first.
#[inline(always)]
fn class(weight: f32) -> usize {
    ((0x3f80_0000u32.saturating_sub(weight.to_bits())) >> 18).min(CLASSES as u32 - 1) as usize
}
