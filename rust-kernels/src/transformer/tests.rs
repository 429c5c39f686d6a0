//! The model against its f64 oracle, finite differences, and itself fed in other ways.

use super::head::NO_MASK;
use super::oracle::{Oracle, Term};
use super::parameters::Layout;
use super::*;
use crate::random::{fill_normal, uniform};
use crate::sampling::SamplingOptions;

fn shape(hidden: usize, heads: usize, key_value_heads: usize, head_dimension: usize) -> Shape {
    Shape {
        vocabulary: 37,
        hidden,
        layers: 2,
        heads,
        key_value_heads,
        head_dimension,
        intermediate: 2 * hidden + 3,
        maximum_positions: 90,
        rope_theta: 100.0,
        norm_epsilon: 1e-5,
        tied: heads.is_multiple_of(2),
        blocks: Blocks::default(),
    }
}

/// Weights large enough that every path matters.
pub fn model(shape: Shape, seed: u64) -> Transformer {
    let mut model = Transformer::new(shape).unwrap();
    for (set, (frequencies, scale)) in ropes(model.shape()).iter().enumerate() {
        model
            .set_rope_frequencies(frequencies, *scale, set)
            .unwrap();
    }
    let mut values = vec![0.0; model.parameters().len()];
    fill_normal(&mut values, seed, 0);
    values.iter_mut().for_each(|x| *x *= 0.3);
    model.write_parameters(&values).unwrap();
    model
}

/// Frequencies that differ between the sets; the second leaves the end of a head as it is.
fn ropes(shape: &Shape) -> [(Vec<f32>, f32); 2] {
    let d = shape.head_dimension;
    let frequencies = |theta: f32, count: usize| {
        let one = |i| theta.powf(-2.0 * i as f32 / d as f32);
        (0..count).map(one).collect::<Vec<f32>>()
    };
    [
        (frequencies(100.0, d / 2), 1.0),
        (frequencies(30.0, d.div_ceil(4)), 1.25),
    ]
}

pub fn oracle(model: &Transformer, temperature: f64) -> Oracle {
    let wide = |(f, scale): (Vec<f32>, f32)| (f.iter().map(|&f| f as f64).collect(), scale as f64);
    Oracle {
        ropes: ropes(model.shape()).map(wide),
        layout: Layout::new(model.shape()),
        shape: model.shape().clone(),
        parameters: model.parameters().iter().map(|&x| x as f64).collect(),
        temperature,
    }
}

pub fn tokens(count: usize, vocabulary: usize, seed: u64) -> Vec<u32> {
    let token = |i| (uniform(seed, 9, i as u32) * vocabulary as f32) as u32;
    (0..count).map(token).collect()
}

/// Llama's shapes, and one of every other architecture's parts.
pub fn shapes() -> Vec<Shape> {
    let llama = [
        shape(16, 4, 2, 4),
        shape(12, 1, 1, 12),
        shape(20, 3, 1, 6),
        shape(8, 2, 2, 2),
        shape(7, 6, 3, 4),
    ];
    let of = |(index, blocks): (usize, Blocks)| Shape {
        blocks,
        layers: 3,
        ..llama[index % llama.len()].clone()
    };
    let others = blocks().into_iter().enumerate().map(of);
    llama.iter().cloned().chain(others).collect()
}

fn blocks() -> Vec<Blocks> {
    let plain = Blocks::default();
    vec![
        // Qwen 2 and 3.
        Blocks {
            projection_bias: true,
            query_key_norms: true,
            windows: vec![0, 5, 20],
            ..plain.clone()
        },
        // GPT-2.
        Blocks {
            norm: Norm::Layer,
            projection_bias: true,
            output_bias: true,
            feed_forward_bias: true,
            gated: false,
            activation: Activation::GeluTanh,
            learned_positions: true,
            attention_scale: 0.4,
            ..plain.clone()
        },
        // Gemma 2.
        Blocks {
            norm: Norm::RmsFromOne,
            post_norms: true,
            activation: Activation::GeluTanh,
            attention_scale: 0.3,
            attention_cap: 2.0,
            logit_cap: 3.0,
            embedding_scale: 3.5,
            windows: vec![6, 0, 17],
            ..plain.clone()
        },
        // Gemma 3.
        Blocks {
            norm: Norm::RmsFromOne,
            post_norms: true,
            query_key_norms: true,
            activation: Activation::Gelu,
            embedding_scale: 2.0,
            windows: vec![3, 1, 0],
            ropes: vec![1, 1, 0],
            ..plain.clone()
        },
        // No architecture: what is left.
        Blocks {
            norm: Norm::Layer,
            post_norms: true,
            query_key_norms: true,
            feed_forward_bias: true,
            activation: Activation::Gelu,
            gated: false,
            ..plain.clone()
        },
        Blocks {
            activation: Activation::Silu,
            gated: false,
            output_bias: true,
            logit_cap: 1.5,
            attention_cap: 0.7,
            ..plain
        },
    ]
}

#[test]
fn forward_agrees_with_the_oracle() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let mut model = model(shape, seed as u64);
        let lengths = [1, 40, 17];
        let tokens = tokens(58, 37, seed as u64);
        let oracle = oracle(&model, 1.0);
        model.forward(&tokens, &lengths).unwrap();
        let rows: Vec<u32> = (0..58).collect();
        let logits = model.logits_at(&rows).unwrap();
        let mut states = oracle.states(&tokens[..1]);
        states.extend(oracle.states(&tokens[1..41]));
        states.extend(oracle.states(&tokens[41..]));
        for (row, state) in logits.chunks_exact(37).zip(&states) {
            for (&x, y) in row.iter().zip(oracle.logits(state)) {
                assert!((x as f64 - y).abs() < 2e-4, "{x} {y}");
            }
        }
    }
}

#[test]
fn backward_agrees_with_finite_differences_of_the_oracle() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let mut model = model(shape, 10 + seed as u64);
        let (lengths, temperature) = ([1, 21, 4], 0.8f32);
        let tokens = tokens(26, 37, seed as u64);
        let mask = [0b1010_1110_0101_0110_1011_0101_1011_0111, 0b10110];
        let terms: Vec<Term> = [(0, 4), (3, 1), (21, 0), (25, 2), (3, 5)]
            .iter()
            .enumerate()
            .map(|(i, &(row, target))| Term {
                row,
                target,
                mask: (i % 2 == 0).then_some(&mask),
                log_prob: 0.5 - i as f64,
                entropy: 0.3 * i as f64,
                value: 0.7 - 0.2 * i as f64,
            })
            .collect();
        let rows: Vec<u32> = terms.iter().map(|t| t.row as u32).collect();
        let targets: Vec<u32> = terms.iter().map(|t| t.target as u32).collect();
        let index: Vec<u32> = terms
            .iter()
            .map(|t| if t.mask.is_some() { 0 } else { NO_MASK })
            .collect();
        let column = |f: fn(&Term) -> f64| terms.iter().map(|t| f(t) as f32).collect::<Vec<_>>();

        model.forward(&tokens, &lengths).unwrap();
        let scores = model
            .score(&rows, &targets, &index, &mask, temperature)
            .unwrap()
            .to_vec();
        let values = model.values_at(&rows).unwrap();
        let loss: f64 = (0..terms.len())
            .map(|i| {
                let (s, t) = (scores[i], &terms[i]);
                t.log_prob * s.log_prob as f64
                    + t.entropy * s.entropy as f64
                    + t.value * values[i] as f64
            })
            .sum();
        model
            .backward(
                &column(|t| t.log_prob),
                &column(|t| t.entropy),
                &rows,
                &column(|t| t.value),
            )
            .unwrap();
        let mut oracle = oracle(&model, temperature as f64);
        let right = oracle.loss(&tokens, &lengths, &terms);
        assert!((loss - right).abs() < 2e-3, "{loss} {right}");
        let names: Vec<String> = model.tensors().iter().map(|t| t.name.clone()).collect();
        for (at, name) in names.iter().enumerate() {
            let range = model.tensors()[at].range.clone();
            let gradient = model.read_gradient(name).unwrap().to_vec();
            let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt() as f64;
            for probe in 0..6 {
                let i = (uniform(seed as u64, at as u32, probe) * range.len() as f32) as usize;
                let old = oracle.parameters[range.start + i];
                let step = 1e-5;
                oracle.parameters[range.start + i] = old + step;
                let above = oracle.loss(&tokens, &lengths, &terms);
                oracle.parameters[range.start + i] = old - step;
                let below = oracle.loss(&tokens, &lengths, &terms);
                oracle.parameters[range.start + i] = old;
                let slope = (above - below) / (2.0 * step);
                let error = (gradient[i] as f64 - slope).abs();
                assert!(
                    error < 1e-4 + 1e-3 * norm,
                    "{name}[{i}] {} {slope}",
                    gradient[i]
                );
            }
        }
    }
}

#[test]
fn feed_gives_the_bits_of_forward_however_tokens_are_chunked() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let mut model = model(shape, 20 + seed as u64);
        let lengths = [1u32, 77, 30, 5];
        let all = tokens(113, 37, seed as u64);
        model.forward(&all, &lengths).unwrap();
        let rows: Vec<u32> = (0..113).collect();
        let logits = model.logits_at(&rows).unwrap();
        let values = model.values_at(&rows).unwrap();
        let starts = [0usize, 1, 78, 108];
        let slots: Vec<u32> = lengths.iter().map(|_| model.open_slot()).collect();
        let mut done = [0usize; 4];
        let mut draws = 0;
        while (0..4).any(|i| done[i] < lengths[i] as usize) {
            let (mut ids, mut counts, mut fed, mut last) = (vec![], vec![], vec![], vec![]);
            for i in (0..4).rev() {
                draws += 1;
                let chunk = [1, 1, 2, 13, 40][(uniform(seed as u64, 5, draws) * 5.0) as usize];
                let count = chunk.min(lengths[i] as usize - done[i]);
                if count > 0 && uniform(seed as u64, 6, draws) < 0.7 {
                    ids.push(slots[i]);
                    counts.push(count as u32);
                    fed.extend_from_slice(&all[starts[i] + done[i]..][..count]);
                    done[i] += count;
                    last.push(starts[i] + done[i] - 1);
                }
            }
            model.feed(&ids, &counts, &fed).unwrap();
            let acted = model.last_logits().unwrap().to_vec();
            let acted_values = model.last_values().unwrap().to_vec();
            for (i, &row) in last.iter().enumerate() {
                assert_eq!(&acted[i * 37..][..37], &logits[row * 37..][..37]);
                assert_eq!(acted_values[i], values[row]);
            }
        }
    }
}

#[test]
fn truncate_slot_continues_as_if_the_rest_had_never_been_fed() {
    let mut model = model(shape(16, 4, 2, 4), 3);
    let all = tokens(40, 37, 1);
    let (a, b) = (model.open_slot(), model.open_slot());
    model.feed(&[a], &[40], &all).unwrap();
    model.truncate_slot(a, 13).unwrap();
    assert_eq!(model.slot_length(a).unwrap(), 13);
    model.feed(&[a], &[3], &all[20..23]).unwrap();
    let left = model.last_logits().unwrap().to_vec();
    model.feed(&[b], &[13], &all[..13]).unwrap();
    model.feed(&[b], &[3], &all[20..23]).unwrap();
    assert_eq!(left, model.last_logits().unwrap());
    model.close_slot(a).unwrap();
    assert!(model.slot_length(a).is_err());
    assert_eq!(model.open_slot(), a);
}

#[test]
fn a_slot_that_passes_the_long_length_is_computed_again() {
    let mut model = model(shape(16, 4, 2, 4), 8);
    let all = tokens(40, 37, 5);
    let logits_of = |model: &mut Transformer, count: usize| {
        model.forward(&all[..count], &[count as u32]).unwrap();
        model.logits_at(&[count as u32 - 1]).unwrap()
    };
    let short = logits_of(&mut model, 20);
    let before = logits_of(&mut model, 21);
    model
        .set_long_rope_frequencies(&[0.3, 0.05], 1.2, 20)
        .unwrap();
    assert_eq!(logits_of(&mut model, 20), short);
    let long = logits_of(&mut model, 21);
    assert_ne!(long, before);
    let slot = model.open_slot();
    model.feed(&[slot], &[20], &all[..20]).unwrap();
    assert_eq!(model.last_logits().unwrap(), short);
    model.feed(&[slot], &[1], &all[20..21]).unwrap();
    assert_eq!(model.last_logits().unwrap(), long);
    model.feed(&[slot], &[9], &all[21..30]).unwrap();
    let longer = logits_of(&mut model, 30);
    assert_eq!(model.last_logits().unwrap(), longer);
    model.truncate_slot(slot, 15).unwrap();
    model.feed(&[slot], &[5], &all[15..20]).unwrap();
    assert_eq!(model.last_logits().unwrap(), short);
    assert_eq!(model.slot_length(slot).unwrap(), 20);
    assert!(model.set_long_rope_frequencies(&[0.3; 3], 1.0, 20).is_err());
    assert!(model.set_rope_frequencies(&[0.3], 0.0, 0).is_err());
    assert!(model.set_rope_frequencies(&[0.3], 1.0, 2).is_err());
}

#[test]
fn long_sequences_learn_by_the_long_frequencies() {
    let gradients = |turn: fn(&mut Transformer)| {
        let mut model = model(shape(16, 4, 2, 4), 9);
        turn(&mut model);
        let all = tokens(20, 37, 6);
        let rows: Vec<u32> = (0..19).collect();
        model.forward(&all, &[20]).unwrap();
        model
            .score(&rows, &all[1..], &[NO_MASK; 19], &[], 1.0)
            .unwrap();
        model.backward(&[-1.0; 19], &[0.0; 19], &[], &[]).unwrap();
        model.gradients_mut().unwrap().to_vec()
    };
    let long = gradients(|m| m.set_long_rope_frequencies(&[0.3, 0.05], 1.2, 19).unwrap());
    let all = gradients(|m| m.set_rope_frequencies(&[0.3, 0.05], 1.2, 0).unwrap());
    let none = gradients(|m| m.set_long_rope_frequencies(&[0.3, 0.05], 1.2, 20).unwrap());
    assert_eq!(long, all);
    assert_ne!(long, none);
}

#[test]
fn sample_last_has_the_log_probabilities_of_score() {
    let mut model = model(shape(16, 4, 2, 4), 4);
    let all = tokens(30, 37, 2);
    let slot = model.open_slot();
    model.feed(&[slot], &[30], &all).unwrap();
    let mask = [0x00ff_00ff, 3];
    let options = SamplingOptions {
        temperature: 0.7,
        ..Default::default()
    };
    let drawn = model.sample_last(&[0], &mask, &options, &[0.6]).unwrap();
    model.forward(&all, &[30]).unwrap();
    let scored = model.score(&[29], &drawn.tokens, &[0], &mask, 0.7).unwrap();
    assert_eq!(scored[0].log_prob, drawn.behavior_log_probs[0]);
    let raw = model
        .score(&[29], &drawn.tokens, &[NO_MASK], &[], 1.0)
        .unwrap();
    assert_eq!(raw[0].log_prob, drawn.raw_log_probs[0]);
}

#[test]
fn adamw_lowers_the_loss_and_refuses_gradients_that_are_not_finite() {
    let mut model = model(shape(16, 4, 2, 4), 5);
    let settings = AdamW {
        learning_rate: 2e-2,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weight_decay: 0.0,
        max_gradient_norm: 1.0,
    };
    let all = tokens(20, 37, 3);
    let rows: Vec<u32> = (0..19).collect();
    let mut losses = vec![];
    for _ in 0..10 {
        model.forward(&all, &[20]).unwrap();
        let scored = model
            .score(&rows, &all[1..], &[NO_MASK; 19], &[], 1.0)
            .unwrap();
        losses.push(-scored.iter().map(|s| s.log_prob).sum::<f32>());
        model.backward(&[-1.0; 19], &[0.0; 19], &[], &[]).unwrap();
        model.adamw(settings).unwrap();
    }
    assert!(losses[9] < 0.7 * losses[0], "{losses:?}");
    let before = model.parameters().to_vec();
    let mut gradients = vec![0.0; before.len()];
    gradients[3] = f32::NAN;
    model.write_gradients(&gradients).unwrap();
    assert!(model.adamw(settings).unwrap().is_nan());
    assert_eq!((model.parameters(), model.updates), (&before[..], 10));
    assert!(model.backward(&[], &[], &[], &[]).is_err());
}

#[test]
fn wrong_requests_are_refused_and_change_nothing() {
    let mut model = model(shape(16, 4, 2, 4), 6);
    let slot = model.open_slot();
    model.feed(&[slot], &[2], &[1, 2]).unwrap();
    assert!(model.feed(&[slot], &[1], &[37]).is_err());
    assert!(model.feed(&[slot], &[0], &[]).is_err());
    assert!(model.feed(&[slot, slot], &[1, 1], &[1, 1]).is_err());
    assert!(model.feed(&[slot], &[89], &[0; 89]).is_err());
    assert!(model.feed(&[slot], &[u32::MAX, 2], &[1]).is_err());
    assert!(model.feed(&[9], &[1], &[1]).is_err());
    assert!(model.truncate_slot(slot, 3).is_err());
    assert_eq!(model.slot_length(slot).unwrap(), 2);
    assert!(model.score(&[0], &[0], &[NO_MASK], &[], 1.0).is_err());
    assert!(model.forward(&[1, 2], &[3]).is_err());
    assert!(model.forward(&[1, 99], &[2]).is_err());
    assert!(model.forward(&[0; 91], &[91]).is_err());
    model.forward(&[1, 2], &[2]).unwrap();
    assert!(model.score(&[2], &[0], &[NO_MASK], &[], 1.0).is_err());
    assert!(model.score(&[0], &[37], &[NO_MASK], &[], 1.0).is_err());
    assert!(model.score(&[0], &[0], &[0], &[], 1.0).is_err());
    assert!(model.score(&[0], &[0], &[0], &[0, 0], 1.0).is_err());
    assert!(model.score(&[0], &[0], &[0], &[2, 0], 1.0).is_err());
    assert!(model.score(&[0], &[0], &[NO_MASK], &[], 0.0).is_err());
    assert!(model.score(&[0], &[0], &[NO_MASK], &[], f32::NAN).is_err());
    assert!(model.backward(&[1.0], &[1.0], &[], &[]).is_err());
    assert!(model.write_tensor("lm_head.weight", &[]).is_err());
    assert!(model.write_tensor("value_head.bias", &[f32::NAN]).is_err());
    assert!(model.set_rope_frequencies(&[1.0; 3], 1.0, 0).is_err());
    model.score(&[], &[], &[], &[], 1.0).unwrap();
    model.backward(&[], &[], &[], &[]).unwrap();
    assert!(model.gradients_mut().unwrap().iter().all(|&g| g == 0.0));
}

#[test]
fn layout_has_as_many_numbers_as_the_shape_counts() {
    for shape in shapes() {
        let counted = Layout::new(&shape).count;
        assert_eq!(
            Transformer::new(shape.clone()).unwrap().parameters().len(),
            counted
        );
        assert_eq!(shape.count(), counted as u128);
    }
}

#[test]
fn new_refuses_parts_that_make_no_model() {
    let with = |blocks: Blocks| {
        let good = shape(16, 4, 2, 4);
        Transformer::new(Shape { blocks, ..good }).is_err()
    };
    let plain = Blocks::default();
    assert!(!with(plain.clone()));
    assert!(with(Blocks {
        windows: vec![1],
        ..plain.clone()
    }));
    assert!(with(Blocks {
        ropes: vec![0, 2],
        ..plain.clone()
    }));
    assert!(with(Blocks {
        logit_cap: f32::NAN,
        ..plain.clone()
    }));
    assert!(with(Blocks {
        attention_scale: -1.0,
        ..plain
    }));
}

#[test]
fn new_refuses_sizes_that_make_no_model() {
    let good = shape(16, 4, 2, 4);
    assert!(Transformer::new(Shape {
        hidden: 0,
        ..good.clone()
    })
    .is_err());
    assert!(Transformer::new(Shape {
        head_dimension: 5,
        ..good.clone()
    })
    .is_err());
    assert!(Transformer::new(Shape {
        key_value_heads: 3,
        ..good.clone()
    })
    .is_err());
    assert!(Transformer::new(Shape {
        vocabulary: usize::MAX,
        ..good.clone()
    })
    .is_err());
    assert!(Transformer::new(Shape {
        layers: 1 << 27,
        ..good.clone()
    })
    .is_err());
    assert!(Transformer::new(Shape {
        rope_theta: f64::NAN,
        ..good
    })
    .is_err());
}

#[test]
fn checkpointed_layers_learn_with_the_same_bits() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let mut model = model(shape, seed as u64);
        let all = tokens(20, 37, 6);
        let rows: Vec<u32> = (0..19).collect();
        let mut gradients = |checkpoints: bool| {
            model.checkpoint_layers(checkpoints);
            model.clear_gradients();
            model.forward(&all, &[15, 5]).unwrap();
            let scored = model.score(&rows, &all[1..], &[NO_MASK; 19], &[], 1.0);
            let scored: Vec<f32> = scored.unwrap().iter().map(|s| s.log_prob).collect();
            model
                .backward(&[-1.0; 19], &[0.1; 19], &[3, 19], &[0.5, 2.0])
                .unwrap();
            (scored, model.gradients_mut().unwrap().to_vec())
        };
        let plain = gradients(false);
        assert!(plain.1.iter().any(|&g| g != 0.0));
        assert_eq!(gradients(true), plain);
    }
}
