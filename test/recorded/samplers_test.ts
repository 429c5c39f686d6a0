import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { filterLogits, type SampleInput, sampleToken, type SamplingOptions } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

type Num = number | "Infinity" | "-Infinity";
type Name =
  | "temperature"
  | "topK"
  | "topP"
  | "minP"
  | "typical"
  | "epsilon"
  | "eta"
  | "repetition"
  | "penalties"
  | "chain";

interface Case {
  readonly id: string;
  readonly inputs: {
    readonly logits: Num[];
    readonly ids: number[];
    readonly generated: number[];
    readonly config: Readonly<Record<string, number>>;
  };
  readonly outputs: Readonly<Record<Name, { readonly logits: Num[]; readonly probs: number[] }>> & {
    readonly greedy: number;
  };
}

const kernels = await loadKernels();
const file = join(fixturesFolder, "objectives", "samplers.json");
const recorded = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8")) as { tolerance: { f32: number }; cases: Case[] }
  : undefined;

/** The options that one recorded output was made with. */
function optionsOf(name: Name, config: Case["inputs"]["config"]): SamplingOptions {
  const { minKeep, temperature, topK, topP, minP, repetition, frequency, presence } = config;
  const penalties = { frequencyPenalty: frequency, presencePenalty: presence };
  switch (name) {
    case "repetition":
      return { repetitionPenalty: repetition };
    case "penalties":
      return penalties;
    case "chain":
      return { minKeep, temperature, topK, topP, minP, repetitionPenalty: repetition, ...penalties };
    default:
      return { minKeep, [name]: config[name] };
  }
}

function probabilities(logits: Float32Array): number[] {
  const max = Math.max(...logits);
  const weights = Array.from(logits, (x) => Math.exp(x - max));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / sum);
}

describe("filterLogits(), recorded", () => {
  if (!recorded) it.skip("no recorded samplers in this clone", () => {});
  for (const { id, inputs, outputs } of recorded?.cases ?? []) {
    it(`gives the recorded rows of ${id}`, () => {
      const tolerance = recorded!.tolerance.f32;
      const close = (got: number, want: number, what: string) =>
        ok(
          got === want || Math.abs(got - want) <= tolerance * (1 + Math.abs(want)),
          `${what}: ${got}, expected ${want}`,
        );
      const logits = Float32Array.from(inputs.logits, Number);
      const input: SampleInput = { logits, prompt: inputs.ids, generated: inputs.generated };
      for (const [name, want] of Object.entries(outputs)) {
        if (typeof want === "number") {
          equal(sampleToken(kernels, input, { seed: 0n, stream: 0, counter: 0 }, { temperature: 0 })?.token, want);
          continue;
        }
        const got = filterLogits(kernels, input, optionsOf(name as Name, inputs.config));
        want.logits.forEach((x, i) => close(got[i], Number(x), `${name} logits[${i}]`));
        probabilities(got).forEach((p, i) => close(p, want.probs[i], `${name} probs[${i}]`));
      }
    });
  }
});
