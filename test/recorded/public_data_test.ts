import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readClinc150, readScan } from "../../src/dataset/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { learnIntents } from "../../src/learning/intents/mod.ts";
import { dataFolder } from "../fixtures.ts";

/** A test that needs a data set's folder, or a skip that says which is missing. */
function itWith(name: string, title: string, body: (folder: string) => Promise<void>): void {
  const folder = join(dataFolder ?? "", name);
  if (dataFolder !== undefined && existsSync(folder)) it(title, () => body(folder));
  else it.skip(`${title} (no folder '${name}' in EDDY_DATA)`, () => {});
}

describe("public data sets", () => {
  itWith(
    "clinc150",
    "readClinc150() reads 150 intents, and a fifth of a pass beats the names alone",
    async (folder) => {
      const { intents, train, validation } = await readClinc150(folder);
      deepEqual([intents.length, train.length, validation.length], [150, 15_000, 3_000]);
      const actions = intents.map((intent) => intent.replaceAll("_", " "));
      // Every fifth utterance, mixed: the file lists one intent after another, and 1009 has no factor in common with 3000.
      const part = train.filter((_, i) => i % 5 === 0).map((_, i, fifth) => fifth[(i * 1009) % fifth.length]);
      const learned = learnIntents(await loadKernels(), { train: part, validation, actions });
      learned.policy[Symbol.dispose]();
      ok(learned.validation > 0.6, `${learned.validation}; names alone reach 0.51`);
    },
  );

  itWith("scan", "readScan() reads the simple split", async (folder) => {
    const { train, heldOut } = await readScan(folder);
    equal(train.length + heldOut.length, 16_728);
    ok(heldOut.length > 1_500 && heldOut.length < 1_850, `${heldOut.length}`);
    ok(heldOut.every(({ command, actions }) => command !== "" && /^I_/.test(actions)));
  });
});
