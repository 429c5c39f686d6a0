import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readClinc150 } from "../../src/dataset/mod.ts";

describe("readClinc150()", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-clinc-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("says where the data set is when it is missing", async () => {
    await rejects(readClinc150(folder), {
      code: "data_missing",
      message: /clinc\/oos-eval.*CC BY 3\.0.*sha256.*--data/,
    });
  });

  it("reads plain and packed files alike", async () => {
    const content = JSON.stringify({
      train: [["wake me", "alarm"], ["fly me", "flight"]],
      val: [["ring", "alarm"]],
      test: [["to rome", "flight"]],
      oos_train: [["?", "oos"]],
    });
    writeFileSync(join(folder, "data_full.json.gz"), gzipSync(content));
    const packed = await readClinc150(folder);
    deepEqual(packed, {
      intents: ["alarm", "flight"],
      train: [{ text: "wake me", intent: 0 }, { text: "fly me", intent: 1 }],
      validation: [{ text: "ring", intent: 0 }],
      test: [{ text: "to rome", intent: 1 }],
    });
    writeFileSync(join(folder, "data_full.json"), content);
    deepEqual(await readClinc150(folder), packed);
  });

  it("refuses files that are something else", async () => {
    const one = [["wake me", "alarm"]];
    for (
      const content of [
        "{",
        "3",
        "{}",
        JSON.stringify({ train: [], val: one }),
        JSON.stringify({ train: one, val: [["x", "?"]] }),
      ]
    ) {
      writeFileSync(join(folder, "data_full.json"), content);
      await rejects(readClinc150(folder), { code: "data_invalid" });
    }
    rmSync(join(folder, "data_full.json"));
    writeFileSync(join(folder, "data_full.json.gz"), gzipSync("{}").subarray(0, 9));
    await rejects(readClinc150(folder), { code: "data_invalid" });
  });
});
