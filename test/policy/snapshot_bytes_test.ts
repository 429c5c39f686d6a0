import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { contentHashOf, decodeSnapshot, encodeSnapshot, type PolicySnapshot } from "../../src/policy/mod.ts";

const snapshot: PolicySnapshot = {
  kind: "reward-model",
  version: 7,
  tensors: new Map([
    ["weights", { shape: [2, 2], values: Float32Array.of(1, -0, 1e-45, 3.4e38) }],
    ["empty", { shape: [0], values: new Float32Array(0) }],
  ]),
  files: new Map([["eddy.json", '{"a":"\\u00e9 \\" \\\\"}\n'], ["config.json", "{}"]]),
};

describe("decodeSnapshot()", () => {
  it("gives back what encodeSnapshot() took, bit for bit", () => {
    const bytes = encodeSnapshot(snapshot);
    const back = decodeSnapshot(bytes);
    deepEqual(back, snapshot);
    deepEqual(encodeSnapshot(back), bytes);
    equal(contentHashOf(encodeSnapshot(back)), contentHashOf(bytes));
  });

  it("reads bytes that start anywhere in their buffer", () => {
    const bytes = encodeSnapshot(snapshot);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    deepEqual(decodeSnapshot(shifted.subarray(3)), snapshot);
  });

  it("refuses damage by its code", () => {
    const bytes = encodeSnapshot(snapshot);
    for (const cut of [0, 7, 8, 40, bytes.length - 1]) {
      throws(() => decodeSnapshot(bytes.subarray(0, cut)), { code: "checkpoint_invalid" });
    }
    const other = encodeSnapshot({ ...snapshot, kind: "sonnet" as "linear" });
    throws(() => decodeSnapshot(other), { code: "checkpoint_invalid", message: /names no policy/ });
  });
});

describe("contentHashOf()", () => {
  it("is SHA-256 in hexadecimal, and another one for each version", () => {
    equal(contentHashOf(new Uint8Array(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    notEqual(contentHashOf(encodeSnapshot(snapshot)), contentHashOf(encodeSnapshot({ ...snapshot, version: 8 })));
  });
});
