import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import {
  loadCheckpoint,
  type ModelConfig,
  openTransformer,
  type PolicySnapshot,
  readModelConfig,
  readTensors,
  saveCheckpoint,
  type TransformerModel,
  writeTensors,
} from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

const NO_MASK = 0xffffffff;

interface Reference {
  readonly tolerance: Record<string, number>;
  readonly prompts: readonly { readonly input_ids: number[]; readonly logits: number[][]; readonly argmax: number[] }[];
  readonly batch: {
    readonly input_ids: number[][];
    readonly attention_mask: number[][];
    readonly logits: (number[] | null)[][];
    readonly greedy?: readonly { readonly new_ids: number[] }[] | readonly number[][];
  };
  readonly greedy: readonly {
    readonly input_ids: number[];
    readonly new_ids: number[];
    readonly logprobs: number[];
  }[];
  readonly continuation: readonly {
    readonly prompt_ids: number[];
    readonly continuation_ids: number[];
    readonly logprobs: number[];
    readonly entropy: number[];
    readonly sum: number;
  }[];
  readonly loss: {
    readonly input_ids: number[][];
    readonly attention_mask: number[][];
    readonly labels: number[][];
    readonly tokens: number;
    readonly mean: number;
    readonly per_token: number[][];
  };
  readonly gradients: {
    readonly global_l2: number;
    readonly parameters: Record<
      string,
      { shape: number[]; l2: number; at: number[]; grad: number[]; weight: number[]; weight_after: number[] }
    >;
  };
  readonly adamw: {
    readonly lr: number;
    readonly betas: [number, number];
    readonly eps: number;
    readonly weight_decay: number;
    readonly losses: number[];
    readonly probe_ids: number[];
    readonly logits_after_one_step: number[][];
  };
}

function configOf(snapshot: PolicySnapshot): ModelConfig {
  return readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
}

function open(kernels: Kernels, snapshot: PolicySnapshot): TransformerModel {
  const model = openTransformer(kernels, configOf(snapshot));
  writeTensors(model, snapshot, configOf(snapshot));
  return model;
}

const range = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);
const unmasked = (n: number): Uint32Array => new Uint32Array(n).fill(NO_MASK);

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  ok(actual.length === expected.length, `${what}: ${actual.length} numbers, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    ok(error <= tolerance, `${what}[${i}]: ${actual[i]}, expected ${expected[i]} within ${tolerance}`);
  }
}

function logitsOf(model: TransformerModel, ids: number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(range(ids.length));
}

/** Feeds the prompt and then always the most likely token; log-probabilities of the chosen ones. */
function greedy(model: TransformerModel, prompt: number[], count: number): { ids: number[]; logProbs: number[] } {
  const slots = Uint32Array.of(model.openSlot());
  const zero = Uint32Array.of(0);
  const [ids, logProbs]: [number[], number[]] = [[], []];
  let tokens = Uint32Array.from(prompt);
  for (let i = 0; i < count; i++) {
    model.feed(slots, Uint32Array.of(tokens.length), tokens);
    using drawn = model.sampleLast(unmasked(1), new Uint32Array(), 0, 0, 1, 0, BigUint64Array.of(0n), zero, zero);
    tokens = drawn.tokens as Uint32Array<ArrayBuffer>;
    ids.push(tokens[0]);
    logProbs.push(drawn.rawLogProbs[0]);
  }
  model.closeSlot(slots[0]);
  return { ids, logProbs };
}

/** The counted labels of a padded batch as packed rows. */
function pack({ input_ids, attention_mask, labels }: Reference["loss"]): {
  tokens: Uint32Array;
  lengths: Uint32Array;
  rows: Uint32Array;
  targets: Uint32Array;
} {
  const [tokens, lengths, rows, targets]: number[][] = [[], [], [], []];
  input_ids.forEach((ids, b) => {
    const length = attention_mask[b].reduce((a, m) => a + m, 0);
    for (let t = 0; t + 1 < length; t++) {
      if (labels[b][t + 1] === -100) continue;
      rows.push(tokens.length + t);
      targets.push(labels[b][t + 1]);
    }
    tokens.push(...ids.slice(0, length));
    lengths.push(length);
  });
  const column = (x: number[]): Uint32Array => Uint32Array.from(x);
  return { tokens: column(tokens), lengths: column(lengths), rows: column(rows), targets: column(targets) };
}

/** Mean loss of the batch; its gradient is added to the model's. */
function lossAndGradient(
  model: TransformerModel,
  batch: ReturnType<typeof pack>,
): { logProbs: Float32Array; mean: number } {
  model.forward(batch.tokens, batch.lengths);
  const n = batch.rows.length;
  using scored = model.score(batch.rows, batch.targets, unmasked(n), new Uint32Array(), 1);
  const { logProbs } = scored;
  model.backward(new Float32Array(n).fill(-1 / n), new Float32Array(n), new Uint32Array(), new Float32Array());
  return { logProbs, mean: logProbs.reduce((a, b) => a - b, 0) / n };
}

const folder = join(fixturesFolder, "models");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "config.json")))
  : [];

if (names.length === 0) describe.skip(`recorded models: no folder ${folder}`, () => {});

for (const name of names) {
  const path = join(folder, name);
  if (!existsSync(join(path, "reference.json"))) {
    describe.skip(`recorded model ${name}: GGUF files alone, in gguf_test.ts`, () => {});
    continue;
  }
  const reference = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as Reference;
  const { tolerance } = reference;
  const loaded = async (): Promise<TransformerModel> => open(await loadKernels(), loadCheckpoint(path));

  describe(`recorded model ${name}`, () => {
    it("logitsAt() agrees when each prompt is run alone", async () => {
      using model = await loaded();
      for (const prompt of reference.prompts) {
        near(logitsOf(model, prompt.input_ids), prompt.logits.flat(), tolerance.logits_abs, "logits");
      }
    });

    it("logitsAt() agrees when the rows of a batch are packed", async () => {
      using model = await loaded();
      const { input_ids, attention_mask, logits } = reference.batch;
      const real = input_ids.map((ids, b) => ids.filter((_, t) => attention_mask[b][t] === 1));
      model.forward(Uint32Array.from(real.flat()), Uint32Array.from(real, (ids) => ids.length));
      const expected = logits.flatMap((row, b) => row.filter((_, t) => attention_mask[b][t] === 1)).flatMap((x) =>
        x ?? []
      );
      near(model.logitsAt(range(real.flat().length)), expected, tolerance.logits_abs, "logits");
    });

    it("saveCheckpoint() keeps the bits of the logits", async () => {
      const kernels = await loadKernels();
      const run = mkdtempSync(join(tmpdir(), "eddy-llama-"));
      try {
        const original = loadCheckpoint(path);
        saveCheckpoint(run, original);
        const saved = loadCheckpoint(run);
        deepEqual(configOf(saved), configOf(original));
        using before = open(kernels, original);
        using after = open(kernels, saved);
        equal(saved.tensors.size, original.tensors.size);
        const { input_ids } = reference.prompts[0];
        deepEqual(logitsOf(after, input_ids), logitsOf(before, input_ids));
      } finally {
        rmSync(run, { recursive: true });
      }
    });

    it("sampleLast() follows the recorded tokens when the temperature is 0", async () => {
      using model = await loaded();
      for (const { input_ids, new_ids, logprobs } of reference.greedy) {
        const { ids, logProbs } = greedy(model, input_ids, new_ids.length);
        deepEqual(ids, new_ids);
        near(logProbs, logprobs, tolerance.logprob_abs, "greedy log-probabilities");
      }
    });

    it("score() agrees on continuations", async () => {
      using model = await loaded();
      for (const { prompt_ids, continuation_ids, logprobs, entropy, sum } of reference.continuation) {
        const tokens = Uint32Array.from([...prompt_ids, ...continuation_ids]);
        model.forward(tokens, Uint32Array.of(tokens.length));
        const rows = range(continuation_ids.length).map((i) => i + prompt_ids.length - 1);
        using scored = model.score(
          rows,
          Uint32Array.from(continuation_ids),
          unmasked(rows.length),
          new Uint32Array(),
          1,
        );
        near(scored.logProbs, logprobs, tolerance.logprob_abs, "log-probabilities");
        near(scored.entropies, entropy, tolerance.logprob_abs, "entropies");
        near([scored.logProbs.reduce((a, b) => a + b, 0)], [sum], tolerance.logprob_abs * rows.length, "sum");
      }
    });

    it("score() and backward() agree with the recorded loss and gradients", async () => {
      using model = await loaded();
      const batch = pack(reference.loss);
      const { logProbs, mean } = lossAndGradient(model, batch);
      near([batch.rows.length, mean], [reference.loss.tokens, reference.loss.mean], tolerance.loss_abs, "loss");
      const counted = reference.loss.per_token.flatMap((row, b) =>
        row.filter((_, t) => reference.loss.labels[b][t + 1] !== -100)
      );
      near(logProbs.map((x) => -x), counted, tolerance.logprob_abs, "losses per token");
      const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, g) => sum + g * g, 0));
      const { global_l2, parameters } = reference.gradients;
      const gradients = readTensors(model, configOf(loadCheckpoint(path)), (tensor) => model.readGradient(tensor));
      near([norm(model.readGradients())], [global_l2], tolerance.grad_l2_rel * global_l2, "global norm");
      for (const [parameter, { shape, l2, at, grad }] of Object.entries(parameters)) {
        const { shape: own, values: gradient } = gradients.get(parameter)!;
        deepEqual(own, shape);
        near([norm(gradient)], [l2], tolerance.grad_l2_rel * l2 + 1e-7, `norm of ${parameter}`);
        at.forEach((i, n) => {
          const allowed = tolerance.grad_abs + tolerance.grad_rel * Math.abs(grad[n]);
          near([gradient[i]], [grad[n]], allowed, `gradient of ${parameter} at ${i}`);
        });
      }
    });

    it("adamw() agrees with the recorded losses", async () => {
      using model = await loaded();
      const batch = pack(reference.loss);
      const { lr, betas, eps, weight_decay, losses, probe_ids, logits_after_one_step } = reference.adamw;
      for (let update = 0; update < losses.length; update++) {
        model.clearGradients();
        near([lossAndGradient(model, batch).mean], [losses[update]], tolerance.adamw_loss_abs, `loss ${update}`);
        model.adamw(lr, betas[0], betas[1], eps, weight_decay, 0);
        if (update === 0) {
          near(logitsOf(model, probe_ids), logits_after_one_step.flat(), tolerance.adamw_logits_abs, "logits");
        }
      }
    });
  });
}
