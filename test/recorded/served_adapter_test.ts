import { describe, it } from "@std/testing/bdd";
import { deepEqual, notDeepEqual } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { createLanguageModel, type LanguageModel, loadCheckpoint } from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

interface Recorded {
  readonly expect: "load" | "refuse";
  readonly greedy: { readonly input_ids: number[]; readonly new_ids: number[] };
}

/** Adapters of models that have a tokenizer, so that they can be served. */
const folder = join(fixturesFolder, "models");
const adapters = (existsSync(folder) ? readdirSync(folder) : []).flatMap((base) => {
  const place = join(folder, base, "lora");
  if (!existsSync(place) || !existsSync(join(folder, base, "tokenizer.json"))) return [];
  return readdirSync(place).map((name) => ({ base: join(folder, base), name, path: join(place, name) }));
});
if (adapters.length === 0) describe.skip(`served adapters: no model with a tokenizer in ${folder}`, () => {});
const kernels = await loadKernels();

for (const { base, name, path } of adapters) {
  const { expect, greedy } = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as Recorded;
  if (expect === "refuse") continue;

  describe(`recorded adapter ${name} beside a served model`, () => {
    it("writes PEFT's words, token by token in turns with the base, which keeps its own", () => {
      using model = createLanguageModel(kernels, loadCheckpoint(base, kernels));
      using adapted = model.adapt(loadCheckpoint(path));
      const speak = (speaker: LanguageModel): Generator<{ readonly id?: number }, unknown, undefined> =>
        speaker.speak(Uint32Array.from(greedy.input_ids), {
          ...{ temperature: 0, seed: 1, maximumTokens: greedy.new_ids.length },
        });
      const alone = [...speak(model)].map(({ id }) => id);
      const [words, own] = [speak(adapted), speak(model)].map((speech) => ({ speech, ids: [] as unknown[] }));
      for (let place = 0; place < greedy.new_ids.length; place++) {
        for (const { speech, ids } of [words, own]) {
          const next = speech.next();
          if (!next.done) ids.push(next.value.id);
        }
      }
      deepEqual(words.ids, greedy.new_ids.slice(0, words.ids.length));
      deepEqual(own.ids, alone);
      notDeepEqual(words.ids, own.ids);
    });
  });
}
