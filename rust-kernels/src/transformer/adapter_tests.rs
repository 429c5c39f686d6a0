//! Adapters against the oracle with their products added to the weights.

use super::oracle::{Oracle, Term};
use super::parameters::Layout;
use super::tests::{model, oracle, shapes, tokens};
use super::*;
use crate::random::{fill_normal, uniform};

const RANK: usize = 3;
const SCALE: f32 = 0.7;

/// All products, in layer 1 with another rank; of the projections the queries and the values alone.
fn targets(shape: &Shape) -> Vec<Target> {
    let (q, k) = (shape.query_width(), shape.key_width());
    let in_layer = |layer: usize| {
        let target = move |part, columns| Target {
            layer,
            part,
            columns,
            rank: if layer == 1 { 1 } else { RANK },
            scale: SCALE - layer as f32,
        };
        let up = shape.up_width() - shape.intermediate..shape.up_width();
        [
            target(Part::Projections, 0..q),
            target(Part::Projections, q + k..q + 2 * k),
            target(Part::Output, 0..shape.hidden),
            target(Part::GateUp, up),
            target(Part::Down, 0..shape.hidden),
        ]
    };
    (0..shape.layers).flat_map(in_layer).collect()
}

/// An adapter whose numbers are all different from 0.
fn adapted(shape: Shape, seed: u64) -> (Transformer, u32) {
    let mut model = model(shape, seed);
    let targets = targets(model.shape());
    let id = model
        .adapters
        .add(&model.shape().clone(), &targets, Some(1))
        .unwrap();
    let mut values = vec![0.0; model.adapters.parameters(id).unwrap().len()];
    fill_normal(&mut values, seed, 3);
    values.iter_mut().for_each(|x| *x *= 0.3);
    model.adapters.write(id, &values).unwrap();
    (model, id)
}

/// The oracle of the weights with an adapter's products added: `W + s · B · A`.
fn merged(model: &Transformer, adapter: &[f64]) -> Oracle {
    let mut oracle = oracle(model, 1.0);
    let layout = Layout::new(model.shape());
    let mut at = 0;
    for target in targets(model.shape()) {
        let ranges = &layout.layers[target.layer];
        let (linear, outer) = match target.part {
            Part::Projections => (&ranges.projections, model.shape().projected_width()),
            Part::Output => (&ranges.output, model.shape().hidden),
            Part::GateUp => (&ranges.gate_up, model.shape().up_width()),
            Part::Down => (&ranges.down, model.shape().hidden),
        };
        let (inner, rank) = (linear.weight.len() / outer, target.rank);
        let (a, b) = (at, at + rank * inner);
        for (row, column) in target.columns.clone().enumerate() {
            for i in 0..inner {
                let one = |r| adapter[b + row * rank + r] * adapter[a + r * inner + i];
                let sum: f64 = (0..rank).map(one).sum();
                oracle.parameters[linear.weight.start + column * inner + i] +=
                    target.scale as f64 * sum;
            }
        }
        at = b + target.columns.len() * rank;
    }
    let hidden = model.shape().hidden;
    let own = &mut oracle.parameters;
    own[layout.value_weight.clone()].copy_from_slice(&adapter[at..at + hidden]);
    own[layout.value_bias.start] = adapter[at + hidden];
    assert_eq!(at + hidden + 1, adapter.len());
    oracle
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| x as f64).collect()
}

#[test]
fn a_new_adapter_changes_no_bit() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let mut model = model(shape, seed as u64);
        let tokens = tokens(20, 37, seed as u64);
        model.forward(&tokens, &[20]).unwrap();
        let before = model.logits_at(&[3, 19]).unwrap();
        let targets = targets(model.shape());
        let id = model
            .adapters
            .add(&model.shape().clone(), &targets, Some(1))
            .unwrap();
        model.learn_adapter(Some(id)).unwrap();
        model.forward(&tokens, &[20]).unwrap();
        assert_eq!(model.logits_at(&[3, 19]).unwrap(), before);
        assert_eq!(model.values_at(&[3]).unwrap(), [0.0]);
    }
}

#[test]
fn gradients_of_adapters_agree_with_finite_differences_of_the_oracle() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let (mut model, id) = adapted(shape, 10 + seed as u64);
        let lengths = [1, 15, 4];
        let tokens = tokens(20, 37, seed as u64);
        let terms: Vec<Term> = [(0, 4), (3, 1), (15, 0), (19, 2)]
            .iter()
            .enumerate()
            .map(|(i, &(row, target))| Term {
                row,
                target,
                mask: None,
                log_prob: 0.5 - i as f64,
                entropy: 0.3 * i as f64,
                value: 0.7 - 0.2 * i as f64,
            })
            .collect();
        let rows: Vec<u32> = terms.iter().map(|t| t.row as u32).collect();
        let targets: Vec<u32> = terms.iter().map(|t| t.target as u32).collect();
        let none = vec![super::head::NO_MASK; terms.len()];
        let column = |f: fn(&Term) -> f64| terms.iter().map(|t| f(t) as f32).collect::<Vec<_>>();
        let weights = model.parameters().to_vec();
        model.learn_adapter(Some(id)).unwrap();
        model.forward(&tokens, &lengths).unwrap();
        let scores = model
            .score(&rows, &targets, &none, &[], 1.0)
            .unwrap()
            .to_vec();
        let values = model.values_at(&rows).unwrap();
        let one = |(i, t): (usize, &Term)| {
            t.log_prob * scores[i].log_prob as f64
                + t.entropy * scores[i].entropy as f64
                + t.value * values[i] as f64
        };
        let loss: f64 = terms.iter().enumerate().map(one).sum();
        let (log_probs, entropies) = (column(|t| t.log_prob), column(|t| t.entropy));
        let d_values = column(|t| t.value);
        model
            .backward(&log_probs, &entropies, &rows, &d_values)
            .unwrap();
        let gradient = model.adapters.gradients_mut(id).unwrap().to_vec();
        assert!(model.gradients_mut().unwrap().iter().all(|&g| g == 0.0));
        let mut adapter = wide(model.adapters.parameters(id).unwrap());
        let right = merged(&model, &adapter).loss(&tokens, &lengths, &terms);
        assert!((loss - right).abs() < 2e-3, "{loss} {right}");
        let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt() as f64;
        for probe in 0..60 {
            let at = (uniform(seed as u64, 7, probe) * adapter.len() as f32) as usize;
            let at = if probe == 0 { adapter.len() - 1 } else { at };
            let (old, step) = (adapter[at], 1e-5);
            let mut loss_at = |value: f64| {
                adapter[at] = value;
                merged(&model, &adapter).loss(&tokens, &lengths, &terms)
            };
            let slope = (loss_at(old + step) - loss_at(old - step)) / (2.0 * step);
            adapter[at] = old;
            let error = (gradient[at] as f64 - slope).abs();
            assert!(
                error < 1e-4 + 3e-4 * norm,
                "[{at}] {} {slope}",
                gradient[at]
            );
        }
        assert_eq!(model.parameters(), weights);
    }
}

#[test]
fn slots_of_one_batch_go_through_their_own_adapters_with_the_bits_of_learning() {
    for (seed, shape) in shapes().into_iter().enumerate() {
        let (mut model, first) = adapted(shape, 30 + seed as u64);
        let targets = targets(model.shape());
        let second = model
            .adapters
            .add(&model.shape().clone(), &targets, Some(8))
            .unwrap();
        let mut values = model.adapters.parameters(second).unwrap().to_vec();
        values
            .iter_mut()
            .enumerate()
            .for_each(|(i, x)| *x += 0.1 * (i as f32).sin());
        model.adapters.write(second, &values).unwrap();
        let all = tokens(30, 37, seed as u64);
        let mut expected = Vec::new();
        for adapter in [Some(first), None, Some(second)] {
            model.learn_adapter(adapter).unwrap();
            model.forward(&all, &[30]).unwrap();
            let logits = model.logits_at(&[29]).unwrap();
            expected.push((logits, model.values_at(&[29]).unwrap()[0]));
        }
        let slots: Vec<u32> = (0..3).map(|_| model.open_slot()).collect();
        model.adapt_slot(slots[0], Some(first)).unwrap();
        model.adapt_slot(slots[2], Some(second)).unwrap();
        let thrice = |range: core::ops::Range<usize>| all[range].repeat(3);
        model.feed(&slots, &[17; 3], &thrice(0..17)).unwrap();
        model.feed(&slots, &[13; 3], &thrice(17..30)).unwrap();
        let logits = model.last_logits().unwrap().to_vec();
        let values = model.last_values().unwrap().to_vec();
        for (i, (right, value)) in expected.iter().enumerate() {
            assert_eq!(&logits[i * 37..][..37], &right[..]);
            assert_eq!(values[i], *value);
        }
        assert_ne!(expected[0].0, expected[1].0);
        assert_ne!(expected[2].0, expected[1].0);
    }
}

#[test]
fn an_adapter_learns_while_the_weights_stay() {
    let (mut model, id) = adapted(shapes()[0].clone(), 4);
    let weights = model.parameters().to_vec();
    model.learn_adapter(Some(id)).unwrap();
    let all = tokens(12, 37, 3);
    let rows: Vec<u32> = (0..11).collect();
    let mut losses = Vec::new();
    for _ in 0..30 {
        model.forward(&all, &[12]).unwrap();
        let none = vec![super::head::NO_MASK; 11];
        let scores = model.score(&rows, &all[1..], &none, &[], 1.0).unwrap();
        losses.push(-scores.iter().map(|s| s.log_prob).sum::<f32>());
        model.backward(&[-1.0; 11], &[0.0; 11], &[], &[]).unwrap();
        let settings = AdamW {
            learning_rate: 0.1,
            beta1: 0.9,
            beta2: 0.98,
            epsilon: 1e-8,
            weight_decay: 0.0,
            max_gradient_norm: 1.0,
        };
        model.adapters.adamw(id, settings).unwrap();
    }
    assert!(losses[29] < 0.7 * losses[0], "{losses:?}");
    assert_eq!(model.adapters.updates(id).unwrap(), 30);
    assert_eq!(model.parameters(), weights);
}

#[test]
fn what_does_not_fit_is_refused() {
    let (mut model, id) = adapted(shapes()[0].clone(), 4);
    let good = targets(model.shape())[0].clone();
    let wrong = |change: fn(&mut Target)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad
    };
    for bad in [
        wrong(|t| t.rank = 0),
        wrong(|t| t.rank = 5000),
        wrong(|t| t.scale = f32::NAN),
        wrong(|t| t.layer = 9),
        wrong(|t| t.columns = 3..3),
        wrong(|t| t.columns = 0..1000),
    ] {
        assert!(model
            .adapters
            .add(&model.shape().clone(), &[bad], Some(0))
            .is_err());
    }
    assert!(model
        .adapters
        .add(&model.shape().clone(), &[], Some(0))
        .is_err());
    assert!(model.adapters.write(id, &[1.0]).is_err());
    assert!(model.learn_adapter(Some(9)).is_err());
    assert!(model.adapters.parameters(9).is_err());
    let slot = model.open_slot();
    assert!(model.adapt_slot(slot, Some(9)).is_err());
    model.adapt_slot(slot, Some(id)).unwrap();
    assert!(model.remove_adapter(id).is_err());
    model.close_slot(slot).unwrap();
    model.remove_adapter(id).unwrap();
    assert!(model.remove_adapter(id).is_err());
}
