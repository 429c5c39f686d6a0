import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";

const VOCABULARY = 45;
const WORDS = 2;
const NO_MASK = 0xffffffff;
type Model = InstanceType<Kernels["Transformer"]>;

/** A model whose weights are large enough that every path matters. */
function randomModel(kernels: Kernels, seed: number, tied = true): Model {
  const model = new kernels.Transformer(VOCABULARY, 24, 2, 6, 2, 8, 40, 128, 1e3, 1e-5, tied);
  model.initialize(BigInt(seed));
  model.writeParameters(model.readParameters().map((x) => x === 1 ? x : x * 15));
  model.writeTensor("value_head.weight", Float32Array.from({ length: 24 }, (_, i) => Math.sin(i + seed)));
  model.writeTensor("value_head.bias", Float32Array.of(0.3));
  return model;
}

/** Numbers in [0, 1) that depend only on the seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state ^ (state >>> 13)) >>> 8) / 2 ** 24;
  };
}

const unmasked = (rows: number): Uint32Array => new Uint32Array(rows).fill(NO_MASK);
const range = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

for (const instructionSet of ["relaxed", "simd128"] as const) {
  describe(`Transformer on ${instructionSet}`, () => {
    it("sampleLast() and lastValues() give the bits of score() and valuesAt() when tokens are fed in any chunks", async () => {
      const kernels = await loadKernels({ instructionSet });
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), (seed, tied) => {
          using model = randomModel(kernels, seed, tied);
          const next = numbers(seed);
          const lengths = Uint32Array.from({ length: 1 + Math.floor(next() * 5) }, () => 1 + Math.floor(next() * 100));
          const starts = [...lengths].map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
          const total = lengths.reduce((a, b) => a + b, 0);
          const tokens = Uint32Array.from({ length: total }, () => Math.floor(next() * VOCABULARY));
          const masks = Uint32Array.from({ length: 3 * WORDS }, () => Math.floor(next() * 2 ** 32) | 1);
          const temperature = [1, 0.6, 1.7][Math.floor(next() * 3)];
          const seen: { row: number; mask: number; token: number; behavior: number; raw: number; value: number }[] = [];
          const slots = [...lengths].map(() => model.openSlot());
          const done = slots.map(() => 0);
          while (done.some((d, i) => d < lengths[i])) {
            const order = slots.map((_, i) => i).filter((i) => done[i] < lengths[i] && next() < 0.8);
            if (next() < 0.5) order.reverse();
            const counts = order.map((i) => Math.min(lengths[i] - done[i], [1, 1, 3, 50][Math.floor(next() * 4)]));
            const fed = order.flatMap((
              i,
              n,
            ) => [...tokens.slice(starts[i] + done[i], starts[i] + done[i] + counts[n])]);
            model.feed(Uint32Array.from(order, (i) => slots[i]), Uint32Array.from(counts), Uint32Array.from(fed));
            order.forEach((i, n) => done[i] += counts[n]);
            const index = Uint32Array.from(order, () => next() < 0.3 ? NO_MASK : Math.floor(next() * 3));
            const seeds = BigUint64Array.from(order, () => BigInt(seed));
            const at = Uint32Array.from(order, (i) => done[i]);
            using drawn = model.sampleLast(index, masks, temperature, 0, 1, 0, seeds, at, at);
            const { tokens: chosen, behaviorLogProbs, rawLogProbs } = drawn;
            const values = model.lastValues();
            order.forEach((i, n) =>
              seen.push({
                row: starts[i] + done[i] - 1,
                mask: index[n],
                token: chosen[n],
                behavior: behaviorLogProbs[n],
                raw: rawLogProbs[n],
                value: values[n],
              })
            );
          }
          model.forward(tokens, lengths);
          const rows = Uint32Array.from(seen, (s) => s.row);
          const targets = Uint32Array.from(seen, (s) => s.token);
          using scored = model.score(rows, targets, Uint32Array.from(seen, (s) => s.mask), masks, temperature);
          deepEqual(scored.logProbs, Float32Array.from(seen, (s) => s.behavior));
          using raw = model.score(rows, targets, unmasked(rows.length), new Uint32Array(), 1);
          deepEqual(raw.logProbs, Float32Array.from(seen, (s) => s.raw));
          deepEqual(model.valuesAt(rows), Float32Array.from(seen, (s) => s.value));
        }),
        { numRuns: 30 },
      );
    });

    it("sampleLast() draws the same tokens when seeds, streams and counters are the same", async () => {
      const kernels = await loadKernels({ instructionSet });
      using model = randomModel(kernels, 3);
      const slots = Uint32Array.from({ length: 40 }, () => model.openSlot());
      model.feed(slots, slots.map(() => 1), slots.map((_, i) => i % 2));
      const draw = (counter: number): Uint32Array => {
        const seeds = new BigUint64Array(40).fill(7n);
        using drawn = model.sampleLast(
          unmasked(40),
          new Uint32Array(),
          1,
          0,
          1,
          0,
          seeds,
          range(40),
          slots.map(() => counter),
        );
        return drawn.tokens;
      };
      deepEqual(draw(1), draw(1));
      notDeepEqual(draw(1), draw(2));
    });

    it("adamw() continues bit for bit when weights, moments and updates are carried to another model", async () => {
      const kernels = await loadKernels({ instructionSet });
      using first = randomModel(kernels, 1);
      using second = randomModel(kernels, 2);
      const tokens = range(30);
      const train = (model: Model): number => {
        model.forward(tokens, Uint32Array.of(10, 20));
        using scored = model.score(range(29), tokens.slice(1), unmasked(29), new Uint32Array(), 1);
        const loss = scored.logProbs.reduce((a, b) => a - b, 0);
        model.backward(
          new Float32Array(29).fill(-1),
          new Float32Array(29).fill(-0.01),
          range(3),
          Float32Array.of(1, 2, 3),
        );
        model.adamw(1e-2, 0.9, 0.95, 1e-8, 0.1, 1);
        return loss;
      };
      const losses = [train(first), train(first), train(first)];
      ok(losses[2] < losses[0]);
      second.writeParameters(first.readParameters());
      second.writeMoments(first.readMoments());
      second.updates = first.updates;
      equal(second.updates, 3);
      for (let i = 0; i < 3; i++) equal(train(second), train(first));
      deepEqual(second.readParameters(), first.readParameters());
      deepEqual(second.readMoments(), first.readMoments());
    });

    it("adamw() changes nothing but clears the gradient when its norm is not finite", async () => {
      const kernels = await loadKernels({ instructionSet });
      using model = randomModel(kernels, 1);
      const before = model.readParameters();
      const gradients = new Float32Array(model.parameterCount);
      gradients[5] = NaN;
      model.writeGradients(gradients);
      ok(Number.isNaN(model.adamw(1e-2, 0.9, 0.95, 1e-8, 0.1, 1)));
      deepEqual(model.readParameters(), before);
      equal(model.updates, 0);
      ok(model.readGradients().every((g) => g === 0));
    });

    it("backward() adds to the gradients when it is called for two halves of a batch", async () => {
      const kernels = await loadKernels({ instructionSet });
      using model = randomModel(kernels, 1);
      const run = (tokens: Uint32Array): void => {
        model.forward(tokens, Uint32Array.of(tokens.length));
        model.score(Uint32Array.of(0, 2), Uint32Array.of(1, 2), unmasked(2), new Uint32Array(), 1).free();
        model.backward(Float32Array.of(1, 2), Float32Array.of(0, 0.5), Uint32Array.of(1), Float32Array.of(1));
      };
      const [a, b] = [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(9, 8, 7)];
      run(a);
      const one = model.readGradients();
      model.clearGradients();
      run(b);
      const two = model.readGradients();
      run(a);
      const both = model.readGradients();
      ok(both.every((g, i) => Math.abs(g - one[i] - two[i]) < 1e-4 * (1 + Math.abs(g))));
    });

    it("readTensor() and tensorShape() follow the flat order of tensorNames()", async () => {
      const kernels = await loadKernels({ instructionSet });
      for (const tied of [true, false]) {
        using model = randomModel(kernels, 4, tied);
        const names = model.tensorNames();
        equal(names.includes("lm_head.weight"), !tied);
        const flat = names.flatMap((name) => [...model.readTensor(name)]);
        deepEqual(Float32Array.from(flat), model.readParameters());
        for (const name of names) {
          equal(model.tensorShape(name).reduce((a, b) => a * b, 1), model.readTensor(name).length);
        }
      }
    });

    it("every method throws and the model stays usable when the input is wrong", async () => {
      const kernels = await loadKernels({ instructionSet });
      using model = randomModel(kernels, 5);
      const slot = model.openSlot();
      const one = Uint32Array.of(1);
      model.feed(Uint32Array.of(slot), Uint32Array.of(3), Uint32Array.of(1, 2, 3));
      const logits = model.lastLogits();
      const seed = BigUint64Array.of(1n);
      const none = new Uint32Array();
      const wrong: (() => unknown)[] = [
        () => new kernels.Transformer(0, 24, 2, 6, 2, 8, 40, 128, 1e3, 1e-5, true),
        () => new kernels.Transformer(45, 24, 2, 5, 2, 8, 40, 128, 1e3, 1e-5, true),
        () => new kernels.Transformer(45, 24, 2, 6, 2, 7, 40, 128, 1e3, 1e-5, true),
        () => new kernels.Transformer(45, 24, 2, 6, 2, 8, 40, 128, NaN, 1e-5, true),
        () => new kernels.Transformer(2 ** 31, 2 ** 31, 2 ** 31, 6, 2, 8, 40, 128, 1e3, 1e-5, true),
        () => model.readTensor("lm_head.weight"),
        () => model.tensorShape("model.layers.9.mlp.up_proj.weight"),
        () => model.writeTensor("model.norm.weight", new Float32Array(23)),
        () => model.writeTensor("model.norm.weight", new Float32Array(24).fill(Infinity)),
        () => model.writeParameters(new Float32Array(3)),
        () => model.writeMoments(new Float32Array(model.parameterCount)),
        () => model.writeGradients(new Float32Array(1)),
        () => model.setRopeFrequencies(new Float32Array(8)),
        () => model.adamw(NaN, 0.9, 0.95, 1e-8, 0, 1),
        () => model.adamw(1e-3, 1, 0.95, 1e-8, 0, 1),
        () => model.feed(one.map(() => 77), one, one),
        () => model.feed(one.map(() => slot), one.map(() => 0), none),
        () => model.feed(one.map(() => slot), one, one.map(() => VOCABULARY)),
        () => model.feed(one.map(() => slot), one.map(() => 126), new Uint32Array(126)),
        () => model.feed(Uint32Array.of(slot, slot), Uint32Array.of(1, 1), Uint32Array.of(1, 1)),
        () => model.closeSlot(-1),
        () => model.slotLength(12),
        () => model.truncateSlot(slot, 4),
        () => model.sampleLast(unmasked(2), none, 1, 0, 1, 0, seed, one, one),
        () => model.sampleLast(unmasked(1), none, -1, 0, 1, 0, seed, one, one),
        () => model.sampleLast(Uint32Array.of(0), new Uint32Array(WORDS), 1, 0, 1, 0, seed, one, one),
        () => model.sampleLast(Uint32Array.of(0), none, 1, 0, 1, 0, seed, one, one),
        () => model.sampleLast(unmasked(1), none, 1, 0, 1, 0, seed, one, none),
        () => model.score(one, one, unmasked(1), none, 1),
        () => model.backward(new Float32Array(), new Float32Array(), none, new Float32Array()),
        () => model.logitsAt(one),
        () => model.valuesAt(one),
        () => model.forward(one, Uint32Array.of(2)),
        () => model.forward(Uint32Array.of(VOCABULARY), one),
        () => model.forward(new Uint32Array(129), Uint32Array.of(129)),
      ];
      for (const call of wrong) throws(call, Error, call.toString());
      equal(model.slotLength(slot), 3);
      deepEqual(model.lastLogits(), logits);
      model.forward(Uint32Array.of(1, 2, 3), Uint32Array.of(3));
      throws(() => model.score(one, Uint32Array.of(VOCABULARY), unmasked(1), none, 1), Error);
      throws(() => model.score(one, one, Uint32Array.of(0), Uint32Array.of(1, 0), 1), /forbids/);
      throws(() => model.score(one, one, unmasked(1), none, 0), Error);
      deepEqual(model.logitsAt(Uint32Array.of(2)), logits);
    });

    it("score() refuses when the weights changed since forward()", async () => {
      const kernels = await loadKernels({ instructionSet });
      using model = randomModel(kernels, 5);
      model.forward(Uint32Array.of(1, 2, 3), Uint32Array.of(3));
      model.writeTensor("value_head.bias", Float32Array.of(1));
      throws(() => model.valuesAt(Uint32Array.of(0)), /forward/);
    });
  });
}
