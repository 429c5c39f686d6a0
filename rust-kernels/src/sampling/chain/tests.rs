use super::*;
use crate::random::uniform;
use proptest::prelude::*;

fn chain(stages: Vec<Stage>) -> Chain {
    Chain {
        bias: Vec::new(),
        stages,
        min_keep: 0,
        greedy: false,
        mirostat: None,
        adaptive: None,
        raw: true,
    }
}

/// What a chain leaves of probabilities, as probabilities by id; what is out is 0.
fn left(probabilities: &[f64], stage: Stage, context: &[u32], chance: f32) -> Vec<f64> {
    let logits: Vec<f32> = probabilities.iter().map(|p| p.ln() as f32).collect();
    let row = chain(vec![stage]).filter(&logits, None, context, chance, 0.0);
    let total: f64 = row.iter().map(|x| x.exp()).sum();
    row.iter().map(|x| x.exp() / total).collect()
}

fn close(got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() < 1e-5, "{got:?}, expected {want:?}");
    }
}

const P: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

/// The cases that llama.cpp publishes for its own samplers.
#[test]
fn chain_agrees_with_llama_cpp() {
    for (k, want) in [
        (1, [0.0, 0.0, 0.0, 1.0]),
        (3, [0.0, 0.22222, 0.33333, 0.44444]),
        (4, P),
        (0, P),
    ] {
        close(&left(&P, Stage::TopK(k), &[], 0.0), &want);
    }
    for (p, want) in [
        (0.0, [0.0, 0.0, 0.0, 1.0]),
        (0.7, [0.0, 0.0, 0.428571, 0.571429]),
        (0.8, [0.0, 0.222222, 0.333333, 0.444444]),
        (1.0, P),
    ] {
        close(&left(&P, Stage::TopP(p), &[], 0.0), &want);
    }
    for (p, want) in [
        (0.0, P),
        (0.24, P),
        (0.26, [0.0, 0.222222, 0.333333, 0.444444]),
        (0.51, [0.0, 0.0, 0.428571, 0.571429]),
        (0.76, [0.0, 0.0, 0.0, 1.0]),
        (1.0, [0.0, 0.0, 0.0, 1.0]),
        (1.05, [0.0, 0.0, 0.0, 1.0]),
    ] {
        close(&left(&P, Stage::MinP(p), &[], 0.0), &want);
    }
    let peaked = [0.97, 0.01, 0.01, 0.01];
    close(
        &left(&peaked, Stage::Typical(0.5), &[], 0.0),
        &[1.0, 0.0, 0.0, 0.0],
    );
    let even = [0.4, 0.2, 0.2, 0.2];
    close(
        &left(&even, Stage::Typical(0.5), &[], 0.0),
        &[0.0, 0.33333, 0.33333, 0.33333],
    );
    let hot = |value, range, exponent| Stage::Temperature {
        value,
        range,
        exponent,
    };
    close(&left(&P, hot(1.0, 0.0, 1.0), &[], 0.0), &P);
    close(
        &left(&P, hot(0.0, 0.0, 1.0), &[], 0.0),
        &[0.0, 0.0, 0.0, 1.0],
    );
    let out = |probability, threshold| Stage::Xtc {
        probability,
        threshold,
    };
    close(&left(&P, out(0.99, 0.09), &[], 0.5), &[1.0, 0.0, 0.0, 0.0]);
    close(
        &left(&P, out(0.99, 0.19), &[], 0.5),
        &[0.333333, 0.666667, 0.0, 0.0],
    );
    close(
        &left(&P, out(0.99, 0.29), &[], 0.5),
        &[0.166667, 0.333333, 0.5, 0.0],
    );
    close(&left(&P, out(0.99, 0.39), &[], 0.5), &P);
    close(
        &left(&P, Stage::TopNSigma(1.0), &[], 0.0),
        &[0.0, 0.0, 0.428571, 0.571429],
    );
    close(&left(&P, Stage::TopNSigma(0.0), &[], 0.0), &P);
    close(&left(&P, Stage::TopNSigma(3.0), &[], 0.0), &P);
}

#[test]
fn window_penalties_agree_with_llama_cpp() {
    let even = [0.2; 5];
    let some = |repetition, frequency, presence| {
        Stage::Penalties(WindowPenalties {
            window: usize::MAX,
            repetition,
            frequency,
            presence,
        })
    };
    close(
        &left(&even, some(50.0, 0.0, 0.0), &[0], 0.0),
        &[0.0, 0.25, 0.25, 0.25, 0.25],
    );
    close(
        &left(&even, some(1.0, 5.0, 5.0), &[0], 0.0),
        &[0.000011, 0.249997, 0.249997, 0.249997, 0.249997],
    );
    let three = [0, 1, 2, 0, 0];
    close(
        &left(&even, some(1.0, 5.0, 5.0), &three, 0.0),
        &[0.0, 0.000023, 0.000023, 0.499977, 0.499977],
    );
}

#[test]
fn dry_agrees_with_llama_cpp() {
    let dry = |base, allowed_length, breakers: &[&[u32]]| {
        Stage::Dry(Dry {
            multiplier: 1.0,
            base,
            allowed_length,
            window: usize::MAX,
            breakers: breakers.iter().map(|b| b.to_vec()).collect(),
        })
    };
    let quarter = [0.25; 4];
    close(&left(&quarter, dry(1.1, 2, &[]), &[0, 1], 0.0), &quarter);
    close(
        &left(&quarter, dry(1.1, 2, &[]), &[0, 1, 2, 0, 1], 0.0),
        &[0.296923, 0.296923, 0.109232, 0.296923],
    );
    let fifth = [0.2; 5];
    close(
        &left(&fifth, dry(1.1, 2, &[&[3]]), &[0, 1, 3, 4, 0, 1], 0.0),
        &fifth,
    );
    let twice = match dry(1.1, 2, &[]) {
        Stage::Dry(one) => Stage::Dry(Dry {
            multiplier: 2.0,
            ..one
        }),
        other => other,
    };
    close(
        &left(&fifth, twice, &[0, 1, 2, 0, 1], 0.0),
        &[0.241818, 0.241818, 0.032727, 0.241818, 0.241818],
    );
    close(
        &left(&fifth, dry(1.1, 4, &[]), &[0, 1, 2, 3, 4, 0, 1], 0.0),
        &fifth,
    );
}

#[test]
fn dry_stops_at_the_nearest_breaker() {
    let dry = Dry {
        multiplier: 1.0,
        base: 2.0,
        allowed_length: 1,
        window: 100,
        breakers: vec![vec![9], vec![7, 8]],
    };
    // 5 1 2 3 | 9 | 5 1 2: without the breaker three tokens repeat, and with it still three
    let mut row = Row::new(&[0.0; 10], None);
    dry.apply(&mut row, &[5, 1, 2, 3, 9, 5, 1, 2]);
    assert_eq!(row.list()[3].logit, -4.0);
    // 5 1 2 3 5 | 9 | 1 2: two tokens after the breaker
    let mut row = Row::new(&[0.0; 10], None);
    dry.apply(&mut row, &[9, 1, 2, 3, 5, 9, 1, 2]);
    assert_eq!(row.list()[3].logit, -2.0);
    // the breaker of two tokens, at its first token
    let mut row = Row::new(&[0.0; 10], None);
    dry.apply(&mut row, &[7, 8, 3, 7, 8]);
    assert!(row.list().iter().all(|c| c.logit == 0.0));
}

/// Pieces of tokens; the last ends a text.
fn infill(pieces: &[&str]) -> Stage {
    let mut starts = vec![0];
    for piece in pieces {
        starts.push(starts[starts.len() - 1] + piece.len() as u32);
    }
    Stage::Infill(Infill {
        bytes: pieces.concat().into_bytes(),
        starts,
        ends: vec![pieces.len() as u32 - 1],
    })
}

#[test]
fn infill_keeps_what_is_sure() {
    let pieces = ["a", "ab", "abc", "x", "y", ""];
    // 3 · 0.01 · 6 = 0.18 is no more than 0.99. "a" (0.30) takes "ab" (0.10), and is taken by "abc" (0.35): 0.75; "x" 0.20
    // stays, "y" 0.04 goes. Left are two words of 0.75 + 0.20 + 0.01: 0.20 / 0.96 is below 1/3.
    let p = [0.30, 0.10, 0.35, 0.20, 0.04, 0.01];
    let want = [0.0, 0.0, 0.35 / 0.36, 0.0, 0.0, 0.01 / 0.36];
    close(&left(&p, infill(&pieces), &[], 0.0), &want);
    // 3 · 0.06 · 6 = 1.08 is more than 0.94: only the end
    let p = [0.30, 0.10, 0.30, 0.20, 0.04, 0.06];
    close(
        &left(&p, infill(&pieces), &[], 0.0),
        &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
    );
    // nothing begins another, nothing reaches 0.2: the end, though its probability is 0
    let flat = infill(&["a", "b", "c", "d", "e", "f", ""]);
    let logits = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, f32::NEG_INFINITY];
    let row = |mask| chain(vec![flat.clone()]).filter(&logits, mask, &[], 0.0, 0.0);
    assert_eq!(row(None)[6], 1.0);
    assert_eq!(row(None).iter().filter(|x| x.is_finite()).count(), 1);
    // where the mask forbids the end nothing happens
    let kept = row(Some(&[0b111111]));
    assert_eq!(kept.iter().filter(|x| x.is_finite()).count(), 6);
    // three of a third: all reach 1/4
    let thirds = [0.33, 0.33, 0.33, 0.0, 0.0, 0.01];
    let want = [0.33, 0.33, 0.33, 0.0, 0.0, 0.01];
    let three = infill(&["a", "b", "c", "d", "e", ""]);
    close(&left(&thirds, three, &[], 0.0), &want);
}

/// The definition: each against each, from the most likely on.
fn slow_infill(pieces: &[Vec<u8>], ends: &[u32], logits: &[f32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
    let total: f64 = logits.iter().map(|&x| (x as f64).exp()).sum();
    let mut p: Vec<f64> = order
        .iter()
        .map(|&i| (logits[i] as f64).exp() / total)
        .collect();
    let is_end = |at: usize| ends.contains(&(order[at] as u32));
    let sum = |p: &[f64], end: bool| -> f64 {
        (0..p.len())
            .filter(|&i| is_end(i) == end)
            .map(|i| p[i])
            .sum()
    };
    let ids = |kept: Vec<usize>| {
        let mut ids: Vec<u32> = kept.into_iter().map(|i| order[i] as u32).collect();
        ids.sort_unstable();
        ids
    };
    if 3.0 * sum(&p, true) * p.len() as f64 > sum(&p, false) {
        return ids((0..p.len()).filter(|&i| is_end(i)).collect());
    }
    let mut gone = vec![false; p.len()];
    for a in 0..p.len() {
        for b in 0..p.len() {
            if gone[a] {
                break;
            }
            let (own, other) = (&pieces[order[a]], &pieces[order[b]]);
            if a == b || gone[b] || own.is_empty() || !other.starts_with(own) {
                continue;
            }
            let (to, of) = if p[b] > p[a] { (b, a) } else { (a, b) };
            p[to] += p[of];
            p[of] = 0.0;
            gone[of] = true;
        }
    }
    let kept: Vec<usize> = (0..p.len())
        .filter(|&i| !gone[i] && (p[i] >= 0.2 || is_end(i)))
        .collect();
    let words = kept.iter().filter(|&&i| !is_end(i)).count();
    if words == 0 {
        return vec![ends[0]];
    }
    let left: f64 = kept.iter().map(|&i| p[i]).sum();
    let limit = 1.0 / (words + 1) as f64;
    ids(kept
        .into_iter()
        .filter(|&i| p[i] / left >= limit || is_end(i))
        .collect())
}

#[test]
fn adaptive_draws_near_what_the_mean_needs() {
    let adaptive = Adaptive {
        target: 0.5,
        decay: 0.9,
    };
    let made = Chain {
        adaptive: Some(adaptive),
        ..chain(vec![])
    };
    let logits: Vec<f32> = P.iter().map(|p| p.ln() as f32).collect();
    // mean 0.7: it needs 2 · 0.5 − 0.7 = 0.3; d = |0.1 − 0.3| / 0.3 = 2/3, 5 − 10 · (4/9) / (5/3) = 7/3;
    // d = 1/3: 5 − 10 · (1/9) / (4/3) = 25/6
    let row = made.filter(&logits, None, &[], 0.0, 0.7);
    for (got, want) in row.iter().zip([7.0 / 3.0, 25.0 / 6.0, 5.0, 25.0 / 6.0]) {
        assert!((got - want).abs() < 1e-5, "{row:?}");
    }
    let (drawn, probability) = made.sample_and_weigh(&logits, None, &[], [0.0, 0.0], 0.7);
    assert_eq!(drawn.token, 0);
    assert!((probability - 0.1).abs() < 1e-6);
    // 0.1 · 0.1 + 0.9 · 0.7
    assert!((adaptive.learn(0.7, probability) - 0.64).abs() < 1e-6);
    let off = Chain {
        adaptive: Some(Adaptive {
            target: -1.0,
            decay: 0.9,
        }),
        ..chain(vec![])
    };
    close(&off.filter(&logits, None, &[], 0.0, -1.0), &P.map(f64::ln));
}

#[test]
fn mirostat_keeps_what_is_no_more_surprising() {
    let logits: Vec<f32> = [0.5f32, 0.25, 0.125, 0.125]
        .iter()
        .map(|p| p.ln())
        .collect();
    for (mu, want) in [(0.5, 1), (1.5, 1), (2.5, 2), (3.5, 4)] {
        let made = Chain {
            mirostat: Some(Mirostat::Second),
            ..chain(vec![])
        };
        let row = made.filter(&logits, None, &[], 0.0, mu);
        assert_eq!(row.iter().filter(|x| x.is_finite()).count(), want, "{mu}");
    }
    // one bit of surprise at a target of three: mu rises by eta · 2
    assert!((Mirostat::learn(6.0, 3.0, 0.1, 0.5f64.ln()) - 6.2).abs() < 1e-12);
}

#[test]
fn chain_gives_none_when_nothing_is_left() {
    let made = chain(vec![Stage::TopK(2), Stage::TopP(0.5)]);
    for (logits, mask) in [
        ([1.0, 2.0], Some(&[0u32][..])),
        ([f32::NAN, 2.0], None),
        ([f32::INFINITY, 2.0], None),
        ([f32::NEG_INFINITY; 2], None),
        ([1.0, 2.0], Some(&[][..])),
    ] {
        assert!(made.sample(&logits, mask, &[], [0.5, 0.5], 0.0).is_none());
        assert!(chain(vec![])
            .sample(&logits, mask, &[], [0.5, 0.5], 0.0)
            .is_none());
    }
}

/// The definition: sort all, add up.
fn slow_top_p(logits: &[f32], share: f64) -> Vec<u32> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
    let max = logits[order[0]] as f64;
    let total: f64 = logits.iter().map(|&x| (x as f64 - max).exp()).sum();
    let (mut sum, mut kept) = (0.0, Vec::new());
    for i in order {
        kept.push(i as u32);
        sum += (logits[i] as f64 - max).exp() / total;
        if sum >= share {
            break;
        }
    }
    kept.sort_unstable();
    kept
}

proptest! {
    #[test]
    fn top_p_keeps_what_sorting_keeps(
        scale in 0.1f32..8.0,
        seed in any::<u64>(),
        n in 1usize..3000,
        share in 0.01f64..0.999,
    ) {
        let logits: Vec<f32> = (0..n).map(|i| scale * (uniform(seed, 1, i as u32) * 4.0 - 2.0)).collect();
        let row = chain(vec![Stage::TopP(share)]).filter(&logits, None, &[], 0.0, 0.0);
        let kept: Vec<u32> = (0..n as u32).filter(|&i| row[i as usize].is_finite()).collect();
        let (few, many) = (slow_top_p(&logits, share - 2e-6), slow_top_p(&logits, share + 2e-6));
        prop_assert!(kept.len() >= few.len() && kept.len() <= many.len(), "{} {} {}", few.len(), kept.len(), many.len());
        prop_assert!(few.iter().all(|i| kept.contains(i)));
    }

    /// Rows long enough to be sampled, from flat to one token that has all.
    #[test]
    fn top_p_keeps_what_sorting_keeps_of_long_rows(
        scale in 0.1f32..30.0,
        power in 1i32..12,
        seed in any::<u64>(),
        n in 1024usize..9000,
        share in 0.01f64..0.9999,
        grain in prop::sample::select(vec![0.0f32, 0.5]),
    ) {
        let logits: Vec<f32> = (0..n)
            .map(|i| scale * uniform(seed, 1, i as u32).powi(power))
            .map(|x| if grain > 0.0 { (x / grain).round() * grain } else { x })
            .collect();
        let row = chain(vec![Stage::TopP(share)]).filter(&logits, None, &[], 0.0, 0.0);
        let kept: Vec<u32> = (0..n as u32).filter(|&i| row[i as usize].is_finite()).collect();
        let (few, many) = (slow_top_p(&logits, share - 2e-6), slow_top_p(&logits, share + 2e-6));
        prop_assert!(kept.len() >= few.len() && kept.len() <= many.len(), "{} {} {}", few.len(), kept.len(), many.len());
        prop_assert!(few.iter().all(|i| kept.contains(i)));
    }

    #[test]
    fn infill_keeps_what_the_definition_keeps(
        letters in proptest::collection::vec("[ab]{0,3}", 2..60),
        seed in any::<u64>(),
        scale in 0.5f32..12.0,
        ends in 1usize..3,
    ) {
        let pieces: Vec<Vec<u8>> = letters.iter().map(|text| text.clone().into_bytes()).collect();
        let logits: Vec<f32> = (0..pieces.len()).map(|i| scale * uniform(seed, 1, i as u32) - if i < ends { 6.0 } else { 0.0 }).collect();
        let mut starts = vec![0];
        for piece in &pieces {
            starts.push(starts[starts.len() - 1] + piece.len() as u32);
        }
        let ends: Vec<u32> = (0..ends as u32).collect();
        let want = slow_infill(&pieces, &ends, &logits);
        let stage = Stage::Infill(Infill { bytes: pieces.concat(), starts, ends });
        let row = chain(vec![stage]).filter(&logits, None, &[], 0.0, 0.0);
        let kept: Vec<u32> = (0..row.len() as u32).filter(|&i| row[i as usize].is_finite()).collect();
        prop_assert_eq!(kept, want);
    }

    #[test]
    fn top_k_keeps_what_sorting_keeps(seed in any::<u64>(), n in 1usize..6000, k in 1usize..200) {
        // few values: many are equal
        let logits: Vec<f32> = (0..n).map(|i| (uniform(seed, 1, i as u32) * 50.0).floor()).collect();
        let row = chain(vec![Stage::TopK(k)]).filter(&logits, None, &[], 0.0, 0.0);
        let kept: Vec<usize> = (0..n).filter(|&i| row[i].is_finite()).collect();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
        order.truncate(k);
        order.sort_unstable();
        prop_assert_eq!(kept, order);
    }

    #[test]
    fn chain_says_what_it_drew_from(
        logits in proptest::collection::vec(-8f32..8.0, 1..300),
        at in 0f32..1.0,
        top_p in 0.1f64..1.0,
        min_p in 0f64..0.2,
        heat in 0.2f64..2.0,
    ) {
        let made = chain(vec![
            Stage::TopP(top_p),
            Stage::MinP(min_p),
            Stage::Temperature { value: heat, range: 0.0, exponent: 1.0 },
        ]);
        let row = made.filter(&logits, None, &[], 0.0, 0.0);
        let drawn = made.sample(&logits, None, &[], [at, 0.0], 0.0);
        let total: f64 = row.iter().map(|x| x.exp()).sum();
        let want = row[drawn.token as usize] - total.ln();
        prop_assert!((drawn.behavior_log_prob as f64 - want).abs() < 1e-5);
        prop_assert_eq!(drawn.raw_log_prob, logits[drawn.token as usize] - log_normalizer(&logits, None, 1.0));
    }
}
