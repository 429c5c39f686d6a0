import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import type { ChatMessage } from "../../src/language/mod.ts";
import { createLanguageModel, isLanguageModel, loadCheckpoint } from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

interface Case {
  readonly messages: readonly ChatMessage[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly input_ids: number[];
  readonly new_text: string;
  readonly logprobs: number[];
  readonly stop: { readonly new_ids: number[] };
}

const folder = join(fixturesFolder, "models");
const models = existsSync(folder)
  ? readdirSync(folder).map((name) => join(folder, name)).filter((path) => existsSync(join(path, "chat.json")))
  : [];
const kernels = models.length > 0 ? await loadKernels() : undefined;

describe("recorded conversations", () => {
  if (models.length === 0) it.skip("there is no model with conversations in this clone", () => {});
  for (const path of models) {
    it(`${path.split("/").at(-1)}: createLanguageModel() reads and answers as transformers does`, () => {
      const snapshot = loadCheckpoint(path, kernels);
      ok(isLanguageModel(snapshot));
      using model = createLanguageModel(kernels!, snapshot);
      const { cases } = JSON.parse(readFileSync(join(path, "chat.json"), "utf8")) as {
        readonly cases: readonly Case[];
      };
      const asked = cases.filter(({ options }) => options.add_generation_prompt === true);
      ok(asked.length > 0);
      for (const { messages, options, input_ids, new_text, logprobs, stop } of asked) {
        const { add_generation_prompt: _, tools, ...variables } = options;
        const prompt = model.prompt(messages, { tools: tools as unknown[] | undefined, variables });
        deepEqual([...prompt], input_ids);
        const ids: number[] = [];
        let text = "";
        const speech = model.speak(prompt, { seed: 1, temperature: 0, maximumTokens: stop.new_ids.length });
        let next = speech.next();
        for (; !next.done; next = speech.next()) {
          ok(Math.abs(next.value.logProb - logprobs[ids.length]) < 1e-3);
          ids.push(next.value.id);
          text += next.value.text;
        }
        deepEqual(ids, stop.new_ids);
        if (next.value.reason === "length") equal(text + next.value.text, new_text);
      }
    });
  }
});
