import { describe, it } from "@std/testing/bdd";
import { deepEqual, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseScan, readScan, splitScan } from "../../src/dataset/mod.ts";

describe("readScan()", () => {
  it("says where the data set is when it is missing", async () => {
    const folder = join(tmpdir(), "eddy-no-such-folder");
    await rejects(readScan(folder), { code: "data_missing", message: /brendenlake\/SCAN.*BSD.*sha256.*--data/ });
  });
});

describe("parseScan()", () => {
  it("reads one example a line", () => {
    deepEqual(parseScan("IN: jump twice OUT: I_JUMP I_JUMP\nIN: walk OUT: I_WALK\n"), [
      { command: "jump twice", actions: "I_JUMP I_JUMP" },
      { command: "walk", actions: "I_WALK" },
    ]);
  });

  it("refuses empty files and other lines", () => {
    for (const text of ["", "\n", "IN: jump", "jump OUT: I_JUMP"]) {
      throws(() => parseScan(text), { code: "data_invalid" });
    }
  });
});

describe("splitScan()", () => {
  const examples = Array.from({ length: 2000 }, (_, i) => ({ command: `walk ${i % 1500}`, actions: "I_WALK" }));

  it("holds out about the share asked for, the same for equal seeds", () => {
    const { train, heldOut } = splitScan(examples, { seed: 4 });
    ok(heldOut.length > 140 && heldOut.length < 260, `${heldOut.length}`);
    ok(train.length + heldOut.length === examples.length);
    deepEqual(splitScan(examples, { seed: 4 }).heldOut, heldOut);
    notDeepEqual(splitScan(examples, { seed: 5 }).heldOut, heldOut);
  });

  it("never shows a held-out command in training", () => {
    const { train, heldOut } = splitScan(examples);
    const shown = new Set(train.map(({ command }) => command));
    ok(heldOut.every(({ command }) => !shown.has(command)));
  });
});
