import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Kernels, loadKernels } from "../../src/kernels/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

const NO_MASK = 0xffffffff;
type Model = InstanceType<Kernels["Transformer"]>;

interface Config {
  readonly model_type: string;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads?: number;
  readonly head_dim?: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  readonly vocab_size: number;
  readonly tie_word_embeddings?: boolean;
  readonly rope_theta?: number;
  readonly rope_scaling?: unknown;
  readonly rope_parameters?: { readonly rope_theta: number; readonly rope_type: string };
}

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

/** The f32 tensors of a safetensors file. */
function readSafetensors(path: string): Map<string, Float32Array> | undefined {
  const bytes = new Uint8Array(readFileSync(path));
  const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, Float32Array>();
  for (const [name, { dtype, data_offsets }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [start, end] = data_offsets;
    if (dtype !== "F32") return undefined;
    tensors.set(name, new Float32Array(bytes.slice(8 + size + start, 8 + size + end).buffer));
  }
  return tensors;
}

/** A model folder that this test can read, or why not. */
function openModel(
  folder: string,
): { config: Config; tensors: Map<string, Float32Array>; reference: Reference } | string {
  const file = (name: string): string => `${folder}/${name}`;
  for (const name of ["config.json", "reference.json"]) {
    if (!existsSync(file(name))) return `no ${name}`;
  }
  const shards = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
  if (shards.length === 0) return "no safetensors";
  const config = JSON.parse(readFileSync(file("config.json"), "utf8")) as Config;
  if (config.model_type !== "llama") return `model_type ${config.model_type}`;
  if (config.rope_scaling || (config.rope_parameters?.rope_type ?? "default") !== "default") return "scaled rope";
  const tensors = new Map<string, Float32Array>();
  for (const shard of shards) {
    const part = readSafetensors(file(shard));
    if (!part) return "not stored as f32";
    for (const [name, values] of part) tensors.set(name, values);
  }
  return { config, tensors, reference: JSON.parse(readFileSync(file("reference.json"), "utf8")) as Reference };
}

function load(kernels: Kernels, config: Config, tensors: Map<string, Float32Array>): Model {
  const model = new kernels.Transformer(
    config.vocab_size,
    config.hidden_size,
    config.num_hidden_layers,
    config.num_attention_heads,
    config.num_key_value_heads ?? config.num_attention_heads,
    config.head_dim ?? config.hidden_size / config.num_attention_heads,
    config.intermediate_size,
    config.max_position_embeddings,
    config.rope_parameters?.rope_theta ?? config.rope_theta ?? 1e4,
    config.rms_norm_eps,
    config.tie_word_embeddings ?? false,
  );
  const names = model.tensorNames().filter((name) => !name.startsWith("value_head"));
  for (const name of names) model.writeTensor(name, tensors.get(name) ?? new Float32Array());
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

function logitsOf(model: Model, ids: number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(range(ids.length));
}

/** Feeds the prompt and then always the most likely token; log-probabilities of the chosen ones. */
function greedy(model: Model, prompt: number[], count: number): { ids: number[]; logProbs: number[] } {
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
function lossAndGradient(model: Model, batch: ReturnType<typeof pack>): { logProbs: Float32Array; mean: number } {
  model.forward(batch.tokens, batch.lengths);
  const n = batch.rows.length;
  using scored = model.score(batch.rows, batch.targets, unmasked(n), new Uint32Array(), 1);
  const { logProbs } = scored;
  model.backward(new Float32Array(n).fill(-1 / n), new Float32Array(n), new Uint32Array(), new Float32Array());
  return { logProbs, mean: logProbs.reduce((a, b) => a - b, 0) / n };
}

const folder = `${fixturesFolder}/models`;
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/config.json`))
  : [];

if (names.length === 0) describe.skip(`recorded models: no folder ${folder}`, () => {});

for (const name of names) {
  const opened = openModel(`${folder}/${name}`);
  if (typeof opened === "string") {
    describe.skip(`recorded model ${name}: ${opened}`, () => {});
    continue;
  }
  const { config, tensors, reference } = opened;
  const { tolerance } = reference;
  const loaded = async (): Promise<Model> => load(await loadKernels(), config, tensors);

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
      near([norm(model.readGradients())], [global_l2], tolerance.grad_l2_rel * global_l2, "global norm");
      for (const [parameter, { l2, at, grad }] of Object.entries(parameters)) {
        const gradient = model.readGradient(parameter);
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
