//! What is read off one row of logits, and its gradient.

use super::error::{refuse, Outcome};
use crate::linalg::softmax;
use crate::simd::{exp, tanh_in_place, F32x4};

/// A part of the head is computed where it is at most one in so many of its rows; they are read less evenly than all.
const SMALL_SHARE: usize = 4;
/// Index that means "no mask".
pub const NO_MASK: u32 = u32::MAX;

/// Which tokens each row may choose.
///
/// # Shapes
/// `index [rows]` names a mask or is [`NO_MASK`]; `words [masks, ceil(vocabulary/32)]`, bit `j % 32` of word `j / 32`.
#[derive(Default, Clone)]
pub struct Masks {
    index: Vec<u32>,
    words: Vec<u32>,
    stride: usize,
}

impl Masks {
    /// Checks and copies masks of `rows` rows.
    ///
    /// # Errors
    /// If lengths do not fit, an index names no mask, or a named mask allows nothing.
    pub fn new(
        cannot: &str,
        vocabulary: usize,
        rows: usize,
        index: &[u32],
        words: &[u32],
    ) -> Outcome<Self> {
        let stride = vocabulary.div_ceil(32);
        if index.len() != rows || !words.len().is_multiple_of(stride) {
            let state = format!(
                "{rows} rows need as many mask indices and masks of {stride} words, got {} and {} words",
                index.len(),
                words.len()
            );
            return refuse(cannot, state);
        }
        let masks = Self {
            index: index.to_vec(),
            words: words.to_vec(),
            stride,
        };
        let count = words.len() / stride;
        for (row, &i) in index.iter().enumerate().filter(|(_, &i)| i != NO_MASK) {
            if i as usize >= count {
                return refuse(
                    cannot,
                    format_args!("mask {i} of row {row} is not among {count}"),
                );
            }
            let mask = masks.of(row);
            if !(0..vocabulary).any(|j| softmax::allowed(mask, j)) {
                return refuse(
                    cannot,
                    format_args!("mask {i} of row {row} allows no token"),
                );
            }
        }
        Ok(masks)
    }

    /// The mask of `row`.
    pub fn of(&self, row: usize) -> Option<&[u32]> {
        match self.index[row] {
            NO_MASK => None,
            i => Some(&self.words[i as usize * self.stride..][..self.stride]),
        }
    }
}

impl Masks {
    /// What any row may choose, where that is so little of the vocabulary that a part of the head will do; None where a
    /// row has no mask.
    pub fn together(&self, vocabulary: usize) -> Option<Vec<u32>> {
        let mut all = vec![0; self.stride];
        for row in 0..self.index.len() {
            all.iter_mut()
                .zip(self.of(row)?)
                .for_each(|(all, word)| *all |= word);
        }
        let eights = all.iter().flat_map(|word| word.to_le_bytes());
        let wanted = eights.filter(|&bits| bits != 0).count();
        (8 * wanted <= vocabulary / SMALL_SHARE).then_some(all)
    }
}

/// Sets to −∞ what no bit of `wanted` stands for.
///
/// # Shapes
/// `logits [vocabulary]`, `wanted [ceil(vocabulary/32)]`.
pub fn forbid_others(logits: &mut [f32], wanted: &[u32]) {
    for (logits, bits) in logits.chunks_mut(32).zip(wanted) {
        if *bits == 0 {
            logits.fill(f32::NEG_INFINITY);
            continue;
        }
        for (j, x) in logits.iter_mut().enumerate() {
            if bits >> j & 1 == 0 {
                *x = f32::NEG_INFINITY;
            }
        }
    }
}

/// One scored row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scored {
    pub log_prob: f32,
    pub entropy: f32,
    normalizer: f32,
}

/// `ln π(target)` and the entropy of π, the softmax of `logits / temperature` over the allowed tokens.
///
/// ```text
/// ln π(j) = logits_j / temperature − L;  H = L − Σ π(j) · logits_j / temperature
/// ```
///
/// # Shapes
/// `logits [vocabulary]`.
pub fn score(logits: &[f32], target: u32, mask: Option<&[u32]>, temperature: f32) -> Scored {
    let inverse = 1.0 / temperature;
    let (normalizer, entropy) = softmax::log_normalizer_and_entropy(logits, mask, temperature);
    Scored {
        log_prob: logits[target as usize] * inverse - normalizer,
        entropy,
        normalizer,
    }
}

/// `logit = cap · tanh(logit / cap)`; nothing where `cap` is 0.
pub fn cap(logits: &mut [f32], cap: f32) {
    if cap > 0.0 {
        logits.iter_mut().for_each(|x| *x /= cap);
        tanh_in_place(logits);
        logits.iter_mut().for_each(|x| *x *= cap);
    }
}

/// Takes the gradient of capped logits to that of the logits: `d ∘ (1 − (capped/cap)²)`.
///
/// # Shapes
/// `d`, `capped` `[vocabulary]`.
pub fn cap_backward(d: &mut [f32], capped: &[f32], cap: f32) {
    for (d, y) in d.iter_mut().zip(capped) {
        let share = y / cap;
        *d *= 1.0 - share * share;
    }
}

/// Replaces `logits` by their gradient.
///
/// ```text
/// d_logit_j = (d_log_prob · (1[j = target] − p_j) − d_entropy · p_j · (ln p_j + H)) / temperature,  0 where masked
/// ```
///
/// # Shapes
/// `logits [vocabulary]`.
pub fn backward(
    logits: &mut [f32],
    target: u32,
    mask: Option<&[u32]>,
    temperature: f32,
    scored: Scored,
    d_log_prob: f32,
    d_entropy: f32,
) {
    let inverse = 1.0 / temperature;
    let splat = F32x4::splat;
    let gradient = |x: F32x4| {
        let log_p = x.mul_add(splat(inverse), splat(-scored.normalizer));
        let pull = (log_p + splat(scored.entropy)).mul_add(splat(d_entropy), splat(d_log_prob));
        exp(log_p) * pull * splat(-inverse)
    };
    if let Some(mask) = mask {
        for (&bits, logits) in mask.iter().zip(logits.chunks_mut(32)) {
            for (j, x) in logits.iter_mut().enumerate() {
                let allowed = bits >> j & 1 == 1;
                *x = if allowed {
                    gradient(splat(*x)).to_array()[0]
                } else {
                    0.0
                };
            }
        }
    } else {
        let mut chunks = logits.chunks_exact_mut(4);
        for x in &mut chunks {
            gradient(F32x4::load(x)).store(x);
        }
        for x in chunks.into_remainder() {
            *x = gradient(splat(*x)).to_array()[0];
        }
    }
    logits[target as usize] += d_log_prob * inverse;
}
