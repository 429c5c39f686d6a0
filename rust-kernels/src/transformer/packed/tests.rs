//! The packed model against the f32 model of the same weights, and against itself fed in other ways.

use super::*;
use crate::packed::Format;
use crate::quant::BlockType;
use crate::random::{fill_normal, uniform};
use crate::sampling::SamplingOptions;
use crate::transformer::adapter::{Part, Target};
use crate::transformer::head::NO_MASK;
use crate::transformer::tests::{shapes, tokens};
use crate::transformer::{Shape, Transformer};
use proptest::prelude::*;

const ALL: [PackedFormats; 4] = [
    formats(Format::Q8, Format::Q8, CacheFormat::F16),
    formats(Format::E7, Format::Q8, CacheFormat::Q8),
    formats(Format::E4, Format::E4, CacheFormat::F16),
    formats(Format::E4, Format::Q8, CacheFormat::Q8),
];

const fn formats(layers: Format, head: Format, cache: CacheFormat) -> PackedFormats {
    PackedFormats {
        layers,
        head,
        cache,
    }
}

fn bytes(x: &[f32]) -> Vec<u8> {
    x.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// A packed model, and an f32 model of exactly what it stores.
fn models(shape: Shape, formats: PackedFormats, seed: u64) -> (PackedTransformer, Transformer) {
    let mut plain = Transformer::new(shape.clone()).unwrap();
    let mut packed = PackedTransformer::new(shape, formats).unwrap();
    let mut values = vec![0.0; plain.parameters().len()];
    fill_normal(&mut values, seed, 0);
    values.iter_mut().for_each(|x| *x *= 0.3);
    plain.write_parameters(&values).unwrap();
    for name in packed.tensor_names() {
        let sizes = packed.tensor_shape(&name).unwrap().to_vec();
        let own = plain.read_tensor(&name).unwrap().to_vec();
        packed
            .write_rows(&name, BlockType::F32, 0, &bytes(&own), 0)
            .unwrap();
        let rows = if sizes.len() < 2 {
            1
        } else {
            sizes[0] as usize
        };
        let stored = packed.read_rows(&name, 0, rows).unwrap();
        plain.write_tensor(&name, &stored).unwrap();
    }
    (packed, plain)
}

fn logits(packed: &mut PackedTransformer, tokens: &[u32]) -> Vec<f32> {
    packed.forward(tokens, &[tokens.len() as u32]).unwrap();
    let rows: Vec<u32> = (0..tokens.len() as u32).collect();
    packed.logits_at(&rows).unwrap()
}

/// Size of the difference, as a share of the size of `expected`.
fn distance(actual: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(actual.len(), expected.len());
    let square = |x: f32| f64::from(x).powi(2);
    let differences = actual.iter().zip(expected).map(|(a, b)| square(a - b));
    (differences.sum::<f64>() / expected.iter().map(|&x| square(x)).sum::<f64>()).sqrt()
}

#[test]
fn logits_are_near_those_of_the_f32_model_with_the_stored_weights() {
    for (index, shape) in shapes().into_iter().enumerate() {
        for formats in ALL {
            let (mut packed, mut plain) = models(shape.clone(), formats, index as u64);
            let tokens = tokens(70, shape.vocabulary, index as u64);
            plain.forward(&tokens, &[70]).unwrap();
            let rows: Vec<u32> = (0..70).collect();
            let expected = plain.logits_at(&rows).unwrap();
            let far = distance(&logits(&mut packed, &tokens), &expected);
            // Activations of eight bits are within 0.4 % of the largest of 32; the layers make more of it.
            assert!(far < 0.05, "{index} {formats:?}: {far}");
            let values = packed.values_at(&rows).unwrap();
            assert!(distance(&values, &plain.values_at(&rows).unwrap()) < 0.1);
        }
    }
}

/// Greedy and drawn tokens of a slot, fed one by one.
fn continue_slot(packed: &mut PackedTransformer, slot: u32, first: u32, count: usize) -> Vec<u32> {
    let mut token = first;
    let options = SamplingOptions {
        temperature: 0.8,
        ..Default::default()
    };
    let one = |i: usize| {
        packed.feed(&[slot], &[1], &[token], &[]).unwrap();
        let drawn = packed
            .sample_last(&[NO_MASK], &[], &options, &[uniform(5, 1, i as u32)])
            .unwrap();
        token = drawn.tokens[0];
        token
    };
    (0..count).map(one).collect()
}

#[test]
fn saved_copied_and_read_again_slots_go_on_alike() {
    for (index, shape) in shapes().into_iter().enumerate() {
        let (mut packed, _) = models(shape.clone(), ALL[index % 4], 3);
        let prompt = tokens(45, shape.vocabulary, 8);
        let slot = packed.open_slot();
        packed.feed(&[slot], &[45], &prompt, &[]).unwrap();
        let saved = packed.save_slot(slot).unwrap();
        let copy = packed.copy_slot(slot, 45).unwrap();
        // Pages are shared until one writes.
        assert_eq!(packed.cache_bytes(), 2 * packed.page.bytes());
        let expected = continue_slot(&mut packed, slot, 1, 30);
        assert_eq!(continue_slot(&mut packed, copy, 1, 30), expected);
        let restored = packed.restore_slot(&saved).unwrap();
        assert_eq!(packed.slot_tokens(restored).unwrap(), &prompt[..]);
        assert_eq!(continue_slot(&mut packed, restored, 1, 30), expected);
        packed.truncate_slot(slot, 33).unwrap();
        packed.feed(&[slot], &[12], &prompt[33..], &[]).unwrap();
        assert_eq!(continue_slot(&mut packed, slot, 1, 30), expected);
        let part = packed.copy_slot(copy, 40).unwrap();
        packed.feed(&[part], &[5], &prompt[40..], &[]).unwrap();
        assert_eq!(continue_slot(&mut packed, part, 1, 30), expected);
        for id in [slot, copy, restored, part] {
            packed.close_slot(id).unwrap();
        }
        assert_eq!(packed.cache_bytes(), 0);
    }
}

#[test]
fn a_saved_slot_is_refused_where_it_means_nothing() {
    let shape = shapes().remove(0);
    let (mut packed, _) = models(shape.clone(), ALL[0], 3);
    let slot = packed.open_slot();
    packed.feed(&[slot], &[3], &[1, 2, 3], &[]).unwrap();
    let saved = packed.save_slot(slot).unwrap();
    for length in 0..saved.len() {
        assert!(packed.restore_slot(&saved[..length]).is_err());
    }
    let (mut other, _) = models(shape.clone(), ALL[0], 4);
    assert!(other
        .restore_slot(&saved)
        .unwrap_err()
        .0
        .contains("other weights"));
    let (mut other, _) = models(shape, ALL[1], 3);
    assert!(other.restore_slot(&saved).is_err());
    assert_eq!(packed.slot_length(slot), Ok(3));
    packed.set_rope_frequencies(&[1.0], 1.0, 0).unwrap();
    assert!(packed.restore_slot(&saved).is_err());
    assert_eq!(packed.slot_length(slot), Ok(0));
}

#[test]
fn rows_in_pairs_become_halves() {
    let shape = shapes().remove(0);
    let (heads, d, hidden) = (shape.heads, shape.head_dimension, shape.hidden);
    let (mut packed, _) = models(shape, ALL[0], 3);
    let name = "model.layers.1.self_attn.q_proj.weight";
    let rows = heads * d;
    let values: Vec<f32> = (0..rows)
        .flat_map(|r| vec![(r + 1) as f32; hidden])
        .collect();
    // In two pieces, the second first.
    let cut = 3 * hidden;
    packed
        .write_rows(name, BlockType::F32, 3, &bytes(&values[cut..]), heads)
        .unwrap();
    packed
        .write_rows(name, BlockType::F32, 0, &bytes(&values[..cut]), heads)
        .unwrap();
    let stored = packed.read_rows(name, 0, rows).unwrap();
    for row in 0..rows {
        let (head, inside) = (row / d, row % d);
        let to = head * d + inside % 2 * (d / 2) + inside / 2;
        let expected = (row + 1) as f32;
        assert!((stored[to * hidden] - expected).abs() < 0.001 * expected);
    }
}

#[test]
fn wrong_requests_are_refused_and_change_nothing() {
    let shape = shapes().remove(0);
    let (mut packed, _) = models(shape, ALL[0], 3);
    let slot = packed.open_slot();
    packed.feed(&[slot], &[2], &[1, 2], &[]).unwrap();
    let name = "model.layers.0.mlp.up_proj.weight";
    let nan = bytes(&[f32::NAN; 16]);
    assert!(packed.write_rows(name, BlockType::F32, 0, &nan, 0).is_err());
    assert!(packed
        .write_rows(name, BlockType::F32, 99, &nan, 0)
        .is_err());
    assert!(packed
        .write_rows(name, BlockType::F32, 0, &nan[1..], 0)
        .is_err());
    assert!(packed.write_rows(name, BlockType::Q4K, 0, &nan, 0).is_err());
    assert!(packed
        .write_rows("nothing", BlockType::F32, 0, &nan, 0)
        .is_err());
    assert!(packed
        .write_rows("model.norm.weight", BlockType::F32, 0, &nan, 0)
        .is_err());
    assert!(packed.read_rows(name, 99, 1).is_err());
    packed.feed(&[slot], &[2], &[1, 2], &[]).unwrap();
    assert!(packed.feed(&[slot], &[1], &[99], &[]).is_err());
    assert!(packed.feed(&[slot], &[0], &[], &[]).is_err());
    assert!(packed.feed(&[slot], &[1], &[1], &[2]).is_err());
    assert!(packed.feed(&[slot], &[1], &[1], &[0]).is_err());
    assert!(packed.feed(&[slot, slot], &[1, 1], &[1, 1], &[]).is_err());
    assert!(packed.feed(&[slot], &[100], &[1; 100], &[]).is_err());
    assert!(packed.feed(&[7], &[1], &[1], &[]).is_err());
    assert!(packed.copy_slot(slot, 9).is_err());
    assert!(packed.score(&[0], &[0], &[NO_MASK], &[], 1.0).is_err());
    assert_eq!(packed.slot_length(slot), Ok(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn logits_have_the_same_bits_in_all_chunks_and_batches(seed: u64, which in 0usize..40, kind in 0usize..4) {
        let all = shapes();
        let shape = all[which % all.len()].clone();
        let (mut packed, _) = models(shape.clone(), ALL[kind], seed);
        let pick = |i: u32, n: usize| (uniform(seed, 2, i) * n as f32) as usize;
        let texts: Vec<Vec<u32>> = (0..3)
            .map(|i| tokens(1 + pick(i, 80), shape.vocabulary, seed ^ u64::from(i)))
            .collect();
        let expected: Vec<Vec<f32>> = texts.iter().map(|t| logits(&mut packed, t)).collect();
        // Together, as one forward.
        let lengths: Vec<u32> = texts.iter().map(|t| t.len() as u32).collect();
        packed.forward(&texts.concat(), &lengths).unwrap();
        let rows: Vec<u32> = (0..lengths.iter().sum()).collect();
        prop_assert_eq!(&packed.logits_at(&rows).unwrap(), &expected.concat());
        // In slots, by pieces of any length, all rows kept.
        let slots: Vec<u32> = texts.iter().map(|_| packed.open_slot()).collect();
        let mut done = [0; 3];
        for round in 0.. {
            let mut order: Vec<usize> = (0..3).filter(|&i| done[i] < texts[i].len()).collect();
            if order.is_empty() {
                break;
            }
            if round % 2 == 1 {
                order.reverse();
            }
            let mut counts = Vec::new();
            let mut fed = Vec::new();
            for &i in &order {
                let count = (1 + pick(100 + round * 3 + i as u32, 40)).min(texts[i].len() - done[i]);
                fed.extend_from_slice(&texts[i][done[i]..done[i] + count]);
                counts.push(count as u32);
            }
            let ids: Vec<u32> = order.iter().map(|&i| slots[i]).collect();
            packed.feed(&ids, &counts, &fed, &counts).unwrap();
            let logits = packed.last_logits().unwrap();
            let (v, mut at) = (shape.vocabulary, 0);
            for (&i, &count) in order.iter().zip(&counts) {
                let size = count as usize * v;
                prop_assert_eq!(&logits[at..at + size], &expected[i][done[i] * v..][..size]);
                at += size;
                done[i] += count as usize;
            }
        }
    }
}

#[test]
fn draws_without_raw_log_probabilities_read_few_rows_of_the_head() {
    for (index, shape) in shapes().into_iter().enumerate() {
        let shape = Shape {
            vocabulary: 75,
            ..shape
        };
        let (mut packed, mut plain) = models(shape.clone(), ALL[index % 4], 3);
        let (words, text) = (
            shape.vocabulary.div_ceil(32),
            tokens(20, shape.vocabulary, 8),
        );
        let slots = [packed.open_slot(), packed.open_slot()];
        packed.feed(&slots, &[12, 8], &text, &[]).unwrap();
        let others = [plain.open_slot(), plain.open_slot()];
        plain.feed(&others, &[12, 8], &text).unwrap();
        // Two tokens of the first eight for one row, one of them for the other.
        let mut masks = vec![0; 2 * words];
        (masks[0], masks[words]) = (0b10010, 0b10);
        let all = packed.last_logits().unwrap().to_vec();
        let few = packed.last_logits_under(&[0, 1], &masks).unwrap();
        let all_plain = plain.last_logits().unwrap().to_vec();
        let few_plain = plain.last_logits_under(&[0, 1], &masks).unwrap();
        for (all, few) in [(&all, few), (&all_plain, few_plain)] {
            for (at, (x, y)) in all.iter().zip(few).enumerate() {
                let token = at % shape.vocabulary;
                let wanted = token == 1 || token == 4;
                assert!(
                    if !wanted {
                        *y == f32::NEG_INFINITY
                    } else {
                        x == y
                    },
                    "{index} {at}"
                );
            }
        }
        for temperature in [0.0, 0.7] {
            let with = SamplingOptions {
                temperature,
                ..Default::default()
            };
            let without = SamplingOptions { raw: false, ..with };
            for index in [[0, 1], [1, 0], [0, NO_MASK]] {
                let draw = |m: &mut PackedTransformer, o| {
                    m.sample_last(&index, &masks, o, &[0.3, 0.8]).unwrap()
                };
                let (a, b) = (draw(&mut packed, &with), draw(&mut packed, &without));
                assert_eq!(
                    (a.tokens, a.behavior_log_probs),
                    (b.tokens, b.behavior_log_probs)
                );
                assert!(b.raw_log_probs.iter().all(|x| x.is_nan()));
                let draw =
                    |m: &mut Transformer, o| m.sample_last(&index, &masks, o, &[0.3, 0.8]).unwrap();
                let (a, b) = (draw(&mut plain, &with), draw(&mut plain, &without));
                assert_eq!(
                    (a.tokens, a.behavior_log_probs),
                    (b.tokens, b.behavior_log_probs)
                );
            }
        }
        assert!(packed.last_logits_under(&[0], &masks).is_err());
        assert!(plain.last_logits_under(&[0, 9], &masks).is_err());
    }
}

/// All products of all layers, as one target each.
fn targets(shape: &Shape) -> Vec<Target> {
    let in_layer = |layer: usize| {
        let target = move |part, width| Target {
            layer,
            part,
            columns: 0..width,
            rank: 2 + layer,
            scale: 0.8,
        };
        [
            target(Part::Projections, shape.projected_width()),
            target(Part::Output, shape.hidden),
            target(Part::GateUp, shape.up_width()),
            target(Part::Down, shape.hidden),
        ]
    };
    (0..shape.layers).flat_map(in_layer).collect()
}

#[test]
fn adapters_stand_beside_packed_weights_as_beside_plain_ones() {
    for (index, shape) in shapes().into_iter().enumerate() {
        let (mut packed, mut plain) = models(shape.clone(), ALL[index % 4], 5);
        let targets = targets(&shape);
        let id = packed
            .adapters
            .add(&packed.shape().clone(), &targets, Some(1))
            .unwrap();
        let other = plain
            .adapters
            .add(&plain.shape().clone(), &targets, Some(1))
            .unwrap();
        let text = tokens(40, shape.vocabulary, 8);
        let bare = logits(&mut packed, &text);
        packed.learn_adapter(Some(id)).unwrap();
        assert_eq!(logits(&mut packed, &text), bare, "a new one changes no bit");
        let mut values = packed.adapters.parameters(id).unwrap().to_vec();
        crate::random::fill_normal(&mut values, 9, 0);
        values.iter_mut().for_each(|x| *x *= 0.15);
        packed.adapters.write(id, &values).unwrap();
        plain.adapters.write(other, &values).unwrap();
        let adapted = logits(&mut packed, &text);
        plain.learn_adapter(Some(other)).unwrap();
        plain.forward(&text, &[40]).unwrap();
        let rows: Vec<u32> = (0..40).collect();
        let expected = plain.logits_at(&rows).unwrap();
        let far = distance(&bare, &expected);
        let near = distance(&adapted, &expected);
        assert!(near < 0.5 * far, "{index}: {near} with, {far} without");
        let values_of = packed.values_at(&[39]).unwrap();
        // Acting has the bits of evaluating, beside a slot without it.
        let slots = [packed.open_slot(), packed.open_slot()];
        packed.adapt_slot(slots[1], Some(id)).unwrap();
        packed
            .feed(&slots, &[30, 17], &[&text[..30], &text[..17]].concat(), &[])
            .unwrap();
        packed
            .feed(&slots, &[10, 23], &[&text[30..], &text[17..]].concat(), &[])
            .unwrap();
        let last = packed.last_logits().unwrap().to_vec();
        assert_eq!(last[..shape.vocabulary], bare[39 * shape.vocabulary..]);
        assert_eq!(last[shape.vocabulary..], adapted[39 * shape.vocabulary..]);
        assert_eq!(packed.last_values()[1], values_of[0]);
        assert!(packed.remove_adapter(id).is_err());
        assert!(packed.save_slot(slots[1]).is_err());
        slots
            .iter()
            .for_each(|&slot| packed.close_slot(slot).unwrap());
        packed.learn_adapter(None).unwrap();
        packed.remove_adapter(id).unwrap();
        assert!(packed.adapters.parameters(id).is_err());
        assert_eq!(logits(&mut packed, &text), bare);
    }
}

/// Scores every next token of two sequences and takes `-log p` back; also values of three rows.
macro_rules! learn {
    ($model:expr, $text:expr) => {{
        $model.forward($text, &[300, 20]).unwrap();
        let rows: Vec<u32> = (0..299).chain(300..319).collect();
        let targets: Vec<u32> = rows.iter().map(|&r| $text[r as usize + 1]).collect();
        let none = vec![NO_MASK; rows.len()];
        let scored = $model.score(&rows, &targets, &none, &[], 1.0).unwrap();
        let log_probs: Vec<f32> = scored.iter().map(|s| s.log_prob).collect();
        let (d, d_entropies) = (vec![-0.01; rows.len()], vec![0.003; rows.len()]);
        $model
            .backward(&d, &d_entropies, &[3, 299, 310], &[0.5, -1.0, 0.2])
            .unwrap();
        log_probs
    }};
}

#[test]
fn an_adapter_learns_beside_packed_weights_as_beside_the_numbers_that_they_stand_for() {
    for (index, shape) in shapes().into_iter().enumerate() {
        // Wider than the shapes are: norms of two numbers make much of a little.
        let shape = Shape {
            hidden: 40,
            head_dimension: 16,
            intermediate: 70,
            maximum_positions: 512,
            ..shape
        };
        let (mut packed, mut plain) = models(shape.clone(), ALL[index % 4], 5);
        let targets = targets(&shape);
        let id = packed.adapters.add(&shape, &targets, Some(1)).unwrap();
        plain.adapters.add(&shape, &targets, Some(1)).unwrap();
        let mut values = packed.adapters.parameters(id).unwrap().to_vec();
        fill_normal(&mut values, 9, 0);
        values.iter_mut().for_each(|x| *x *= 0.15);
        packed.adapters.write(id, &values).unwrap();
        plain.adapters.write(id, &values).unwrap();
        packed.learn_adapter(Some(id)).unwrap();
        plain.learn_adapter(Some(id)).unwrap();
        let text = tokens(320, shape.vocabulary, 8);
        learn!(packed, &text);
        learn!(plain, &text);
        let actual = packed.adapters.gradients_mut(id).unwrap().to_vec();
        let expected = plain.adapters.gradients_mut(id).unwrap().to_vec();
        // Each A and each B by itself, and the value head: none may be wrong behind the size of another.
        let mut at = 0;
        for target in &targets {
            let inner = match target.part {
                Part::Projections | Part::GateUp => shape.hidden,
                Part::Output => shape.query_width(),
                Part::Down => shape.intermediate,
            };
            for size in [target.rank * inner, target.columns.len() * target.rank] {
                let (own, right) = (&actual[at..at + size], &expected[at..at + size]);
                let far = distance(own, right);
                assert!(far < 0.1, "{index} {target:?}: {far}");
                at += size;
            }
        }
        assert!(distance(&actual[at..], &expected[at..]) < 0.05);
        assert!(packed.score(&[0], &[1], &[NO_MASK], &[], 1.0).is_ok());
    }
}

#[test]
fn updates_beside_packed_weights_lower_the_loss_and_leave_the_weights() {
    let shape = Shape {
        maximum_positions: 512,
        ..shapes()[0].clone()
    };
    let (mut packed, _) = models(shape.clone(), ALL[2], 3);
    let text = tokens(320, shape.vocabulary, 4);
    let before = logits(&mut packed, &text);
    let refused = packed.backward(&[], &[], &[], &[]).unwrap_err().to_string();
    assert!(refused.contains("packed weights do not learn"), "{refused}");
    let id = packed
        .adapters
        .add(&shape, &targets(&shape), Some(1))
        .unwrap();
    packed.learn_adapter(Some(id)).unwrap();
    let settings = crate::transformer::AdamW {
        learning_rate: 0.1,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weight_decay: 0.0,
        max_gradient_norm: 1.0,
    };
    let mut losses = vec![];
    for _ in 0..6 {
        losses.push(-learn!(packed, &text).iter().sum::<f32>());
        packed.adapters.adamw(id, settings).unwrap();
        let stale = packed.values_at(&[0]).unwrap_err().to_string();
        assert!(stale.contains("no forward()"), "{stale}");
    }
    assert!(losses[5] < losses[0] - 25.0, "{losses:?}");
    packed.learn_adapter(None).unwrap();
    assert_eq!(logits(&mut packed, &text), before);
}
