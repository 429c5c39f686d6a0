//! Drawing one token.

use super::{filter, Penalties, SamplingOptions};
use crate::linalg::softmax::{invert, is_usable, log_normalizer};
use crate::simd::F32x4;

/// One drawn token with the two log-probabilities that learning needs, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub token: u32,
    /// Under the whole row at temperature 1; NaN when `options.raw` is false.
    pub raw_log_prob: f32,
    /// Under what it was really drawn from.
    pub behavior_log_prob: f32,
}

impl Sample {
    /// What a row gives that nothing can be drawn from: all masked, or not finite.
    pub const NONE: Self = Self {
        token: u32::MAX,
        raw_log_prob: f32::NAN,
        behavior_log_prob: f32::NAN,
    };

    /// True when nothing could be drawn.
    pub fn is_none(&self) -> bool {
        self.token == u32::MAX
    }
}

/// Draws by inverting the cumulative distribution over tokens in id order at `uniform` in [0, 1).
///
/// ```text
/// behavior = logits[token]·(1/temperature) − log_normalizer(logits, mask, temperature)      no truncation, no penalties
/// raw      = logits[token] − log_normalizer(logits, none, 1)
/// ```
///
/// A masked token and one of −∞ is never drawn. A row with NaN or +∞, or without a token that may be drawn, gives
/// [`Sample::NONE`]. Temperature 0 takes the largest, the first of equals, with log-probability 0.
pub fn sample(
    logits: &[f32],
    mask: Option<&[u32]>,
    options: &SamplingOptions,
    penalties: Option<&Penalties>,
    uniform: f32,
) -> Sample {
    let words = logits.len().div_ceil(32);
    if mask.is_some_and(|m| m.len() < words) || !is_usable(logits) {
        return Sample::NONE;
    }
    let mut whole = None;
    let drawn = if options.temperature == 0.0 {
        largest(logits, mask, penalties).map(|token| (token, 0.0))
    } else if options.truncates() || penalties.is_some() {
        draw_filtered(&filter(logits, mask, options, penalties), uniform)
    } else {
        let normalizer = log_normalizer(logits, mask, options.temperature);
        if mask.is_none() && options.temperature == 1.0 {
            whole = Some(normalizer);
        }
        invert(logits, mask, options.temperature, normalizer, uniform)
            .filter(|(_, log_prob)| log_prob.is_finite())
    };
    drawn.map_or(Sample::NONE, |(token, behavior_log_prob)| Sample {
        token: token as u32,
        raw_log_prob: if options.raw {
            logits[token] - whole.unwrap_or_else(|| log_normalizer(logits, None, 1.0))
        } else {
            f32::NAN
        },
        behavior_log_prob,
    })
}

fn largest(logits: &[f32], mask: Option<&[u32]>, penalties: Option<&Penalties>) -> Option<usize> {
    if penalties.is_none() {
        return largest_logit(logits, mask);
    }
    let one = SamplingOptions::default();
    let row = filter(logits, mask, &one, penalties);
    let mut best = None;
    for (j, &x) in row.iter().enumerate() {
        if x > best.map_or(f64::NEG_INFINITY, |b: usize| row[b]) {
            best = Some(j);
        }
    }
    best
}

/// The first of the largest; none where all are −∞.
fn largest_logit(logits: &[f32], mask: Option<&[u32]>) -> Option<usize> {
    let (mut best, mut most) = (None, f32::NEG_INFINITY);
    for (word, logits) in logits.chunks(32).enumerate() {
        let bits = mask.map_or(u32::MAX, |mask| mask[word]);
        if bits == 0 {
            continue;
        }
        // Most words hold nothing larger: four numbers at a time show that.
        let whole = logits.chunks_exact(4);
        let rest = whole.remainder().iter().copied();
        let high = whole.fold(F32x4::splat(f32::NEG_INFINITY), |a, x| {
            a.max(F32x4::load(x))
        });
        if high.to_array().into_iter().chain(rest).all(|x| x <= most) {
            continue;
        }
        for (j, &x) in logits.iter().enumerate() {
            if bits >> j & 1 == 1 && x > most {
                (best, most) = (Some(32 * word + j), x);
            }
        }
    }
    best
}

fn draw_filtered(row: &[f64], uniform: f32) -> Option<(usize, f32)> {
    let max = row.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    if !max.is_finite() {
        return None;
    }
    let total: f64 = row.iter().map(|x| (x - max).exp()).sum();
    let mut sum = 0.0;
    let mut last = None;
    for (j, x) in row.iter().enumerate() {
        let weight = (x - max).exp();
        if weight == 0.0 {
            continue;
        }
        last = Some((j, (x - max - total.ln()) as f32));
        sum += weight;
        if sum > uniform as f64 * total {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::softmax::allowed;
    use crate::random::uniform;
    use proptest::prelude::*;

    #[test]
    fn sample_follows_the_distribution() {
        let logits = [0.0f32, 1.0, -1.0, 2.0, 0.5];
        for options in [
            SamplingOptions {
                temperature: 0.7,
                ..Default::default()
            },
            SamplingOptions {
                temperature: 0.7,
                top_k: 3,
                ..Default::default()
            },
        ] {
            let row = filter(&logits, Some(&[0b11011]), &options, None);
            let total: f64 = row.iter().map(|x| x.exp()).sum();
            let n = 20_000;
            let mut seen = [0.0f64; 5];
            for i in 0..n {
                let s = sample(&logits, Some(&[0b11011]), &options, None, uniform(3, 0, i));
                seen[s.token as usize] += 1.0;
            }
            for j in 0..5 {
                let want = row[j].exp() / total * n as f64;
                let deviation = (seen[j] - want).abs();
                assert!(deviation <= 4.0 * want.sqrt(), "{j} {seen:?} {want}");
            }
        }
    }

    #[test]
    fn sample_gives_none_when_nothing_can_be_drawn() {
        let options = SamplingOptions::default();
        for (logits, mask) in [
            ([1.0, 2.0], Some(&[0u32][..])),
            ([f32::NAN, 2.0], None),
            ([f32::INFINITY, 2.0], None),
            ([f32::NEG_INFINITY, f32::NEG_INFINITY], None),
            ([1.0, 2.0], Some(&[][..])),
        ] {
            for options in [
                options,
                SamplingOptions {
                    top_k: 1,
                    ..options
                },
                SamplingOptions {
                    temperature: 0.0,
                    ..options
                },
            ] {
                assert!(sample(&logits, mask, &options, None, 0.5).is_none());
            }
        }
    }

    #[test]
    fn sample_takes_the_first_largest_at_temperature_zero() {
        let options = SamplingOptions {
            temperature: 0.0,
            ..Default::default()
        };
        let s = sample(&[1.0, 3.0, 3.0], None, &options, None, 0.9);
        assert_eq!((s.token, s.behavior_log_prob), (1, 0.0));
    }

    #[test]
    fn sample_leaves_the_raw_log_probability_out_when_told() {
        let logits = [0.3f32, -1.0, 2.0];
        let options = SamplingOptions {
            raw: false,
            ..Default::default()
        };
        let with = sample(&logits, None, &SamplingOptions::default(), None, 0.4);
        let without = sample(&logits, None, &options, None, 0.4);
        assert!(without.raw_log_prob.is_nan());
        assert_eq!(with.raw_log_prob, with.behavior_log_prob);
        assert_eq!(
            (with.token, with.behavior_log_prob),
            (without.token, without.behavior_log_prob)
        );
    }

    proptest! {
        #[test]
        fn sample_says_what_it_drew_from(
            logits in proptest::collection::vec(-8f32..8.0, 1..70),
            bits in proptest::array::uniform3(any::<u32>()),
            temperature in 0.2f32..3.0,
            at in 0f32..1.0,
            top_k in 0u32..5,
        ) {
            let options = SamplingOptions { temperature, top_k, ..Default::default() };
            let s = sample(&logits, Some(&bits), &options, None, at);
            if s.is_none() {
                prop_assert!((0..logits.len()).all(|j| !allowed(Some(&bits), j)));
                return Ok(());
            }
            let j = s.token as usize;
            prop_assert!(allowed(Some(&bits), j));
            prop_assert_eq!(s.raw_log_prob, logits[j] - log_normalizer(&logits, None, 1.0));
            if top_k == 0 {
                let want = logits[j] * (1.0 / temperature) - log_normalizer(&logits, Some(&bits), temperature);
                prop_assert_eq!(s.behavior_log_prob.to_bits(), want.to_bits());
            }
        }
    }
}
