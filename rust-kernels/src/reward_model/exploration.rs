//! How estimated rewards become exact probabilities of acting. `b` is the best candidate, the first of equals; `K` their
//! number. Computed in f64, so that the f32 results add up to 1 within 1e-6.

/// Knobs of inverse-gap weighting.
#[derive(Clone, Copy, Debug)]
pub struct InverseGap {
    pub gamma: f64,
    /// With more than `top + extra` candidates, only the best `top` and `extra` uniform others can be chosen.
    pub top: usize,
    pub extra: usize,
    pub floor: f64,
}

/// Index of the largest; the first of equals.
pub fn best(scores: &[f32]) -> usize {
    let mut best = 0;
    for (i, s) in scores.iter().enumerate() {
        if *s > scores[best] {
            best = i;
        }
    }
    best
}

/// `p_a = ε/K, p_b = 1 − ε + ε/K`; greedy at ε = 0.
pub fn epsilon_greedy(scores: &[f32], epsilon: f64) -> Vec<f64> {
    let mut p = vec![epsilon / scores.len() as f64; scores.len()];
    p[best(scores)] += 1.0 - epsilon;
    p
}

/// `p_a ∝ exp(s_a / temperature)`.
pub fn softmax(scores: &[f32], temperature: f64) -> Vec<f64> {
    let peak = scores[best(scores)] as f64;
    let terms = scores
        .iter()
        .map(|&s| ((s as f64 - peak) / temperature).exp());
    let mut p: Vec<f64> = terms.collect();
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|p| *p /= sum);
    p
}

/// `p_a = 1 / (K + γ (s_b − s_a))` where that is above the floor, the rest to b.
///
/// With pruning `K = top + extra`, and a candidate below the best `top` (equals in order) is in the set with probability
/// `extra / others`; what is returned is the product, so no set needs to be drawn.
pub fn inverse_gap(scores: &[f32], options: InverseGap) -> Vec<f64> {
    let (b, count) = (best(scores), scores.len());
    let InverseGap {
        gamma,
        top,
        extra,
        floor,
    } = options;
    let top = top.max(1);
    let is_pruned = count > top.saturating_add(extra);
    let size = if is_pruned { top + extra } else { count };
    let floor = floor.min(1.0 / size as f64);
    let inside = |a: usize| {
        let gap = scores[b] as f64 - scores[a] as f64;
        (1.0 / (size as f64 + gamma * gap)).max(floor)
    };
    let mut p: Vec<f64> = (0..count).map(inside).collect();
    if is_pruned {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&i, &j| scores[j].total_cmp(&scores[i]).then(i.cmp(&j)));
        let share = extra as f64 / (count - top) as f64;
        order[top..].iter().for_each(|&a| p[a] *= share);
    }
    p[b] = 0.0;
    p[b] = 1.0 - p.iter().sum::<f64>();
    p
}

/// Share of the draws `[draws × candidates]` in which each candidate is best.
pub fn thompson(draws: &[f32], candidates: usize) -> Vec<f64> {
    let mut p = vec![0.0; candidates];
    let count = draws.len() / candidates;
    for row in draws.chunks_exact(candidates) {
        p[best(row)] += 1.0 / count as f64;
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(actual: &[f64], expected: &[f64]) {
        assert_eq!(actual.len(), expected.len());
        for (a, e) in actual.iter().zip(expected) {
            assert!((a - e).abs() < 1e-7, "{actual:?} {expected:?}");
        }
    }

    #[test]
    fn probabilities_by_hand() {
        let s = [0.5, 1.0, 0.75, 1.0];
        near(&epsilon_greedy(&s, 0.0), &[0.0, 1.0, 0.0, 0.0]);
        near(&epsilon_greedy(&s, 0.2), &[0.05, 0.85, 0.05, 0.05]);
        // K = 4, γ = 8: 1/(4 + 4), 1/(4 + 2), 1/4.
        let open = InverseGap {
            gamma: 8.0,
            top: 32,
            extra: 4,
            floor: 0.0,
        };
        let (a, c, d) = (0.125, 1.0 / 6.0, 0.25);
        near(&inverse_gap(&s, open), &[a, 1.0 - a - c - d, c, d]);
        // Two of the four: K = 1 + 1, others share 1/3: 1/(2 + 4)/3, 1/(2 + 2)/3, 1/2/3.
        let pruned = InverseGap {
            top: 1,
            extra: 1,
            ..open
        };
        let (a, c, d) = (1.0 / 18.0, 1.0 / 12.0, 1.0 / 6.0);
        near(&inverse_gap(&s, pruned), &[a, 1.0 - a - c - d, c, d]);
        near(
            &thompson(&[1.0, 0.0, 0.0, 2.0, 3.0, 1.0, 9.0, 1.0], 2),
            &[0.75, 0.25],
        );
        near(&softmax(&[0.0, (3.0f32).ln()], 1.0), &[0.25, 0.75]);
    }

    proptest! {
        #[test]
        fn every_rule_gives_a_distribution(
            scores in prop::collection::vec(-50.0f32..50.0, 1..60),
            gamma in 0.0f64..1e5, top in 0usize..20, extra in 0usize..8, floor in 0.0f64..1.0,
        ) {
            let all = [
                epsilon_greedy(&scores, floor),
                softmax(&scores, 0.01 + gamma),
                inverse_gap(&scores, InverseGap { gamma, top, extra, floor }),
                thompson(&scores, scores.len()),
            ];
            for p in all {
                prop_assert!(p.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{:?}", p);
                prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!((p.iter().map(|&p| p as f32 as f64).sum::<f64>() - 1.0).abs() < 1e-6);
            }
        }

        #[test]
        fn inverse_gap_favors_better_candidates_and_shifts_change_nothing(
            scores in prop::collection::vec((0i32..100).prop_map(|x| x as f32 / 64.0), 2..40), gamma in 0.1f64..1e3,
        ) {
            let options = InverseGap { gamma, top: 8, extra: 2, floor: 0.0 };
            let p = inverse_gap(&scores, options);
            let b = best(&scores);
            for a in 0..scores.len() {
                prop_assert!(p[b] >= p[a] - 1e-12);
                for c in 0..scores.len() {
                    prop_assert!(scores[a] <= scores[c] || p[a] >= p[c] - 1e-12);
                }
            }
            let shifted: Vec<f32> = scores.iter().map(|s| s + 8.0).collect();
            for (x, y) in p.iter().zip(inverse_gap(&shifted, options)) {
                prop_assert!((x - y).abs() < 1e-12);
            }
        }
    }
}
