import { ok } from "node:assert/strict";
import type { Kernels } from "../../src/kernels/mod.ts";
import {
  type ModelConfig,
  openTransformer,
  type PolicySnapshot,
  readModelConfig,
  type TransformerModel,
  writeTensors,
} from "../../src/policy/mod.ts";

const NO_MASK = 0xffffffff;

export interface Reference {
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

export function configOf(snapshot: PolicySnapshot): ModelConfig {
  return readModelConfig(JSON.parse(snapshot.files.get("config.json")!));
}

export function open(kernels: Kernels, snapshot: PolicySnapshot): TransformerModel {
  const model = openTransformer(kernels, configOf(snapshot));
  writeTensors(model, snapshot, configOf(snapshot));
  return model;
}

export const range = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);
export const unmasked = (n: number): Uint32Array => new Uint32Array(n).fill(NO_MASK);

export function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  ok(actual.length === expected.length, `${what}: ${actual.length} numbers, expected ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    ok(error <= tolerance, `${what}[${i}]: ${actual[i]}, expected ${expected[i]} within ${tolerance}`);
  }
}

export function logitsOf(model: TransformerModel, ids: number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(range(ids.length));
}

/** Feeds the prompt and then always the most likely token; log-probabilities of the chosen ones. */
export function greedy(
  model: TransformerModel,
  prompt: number[],
  count: number,
): { ids: number[]; logProbs: number[] } {
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
export function pack({ input_ids, attention_mask, labels }: Reference["loss"]): {
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
export function lossAndGradient(
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
