import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { encodeSafetensors, openSafetensors, type Tensor } from "../../src/policy/checkpoint/mod.ts";

/** Writes bytes to a file that lives as long as `use` runs. */
function withFile<Result>(bytes: Uint8Array, use: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "eddy-safetensors-"));
  try {
    const path = join(folder, "x.safetensors");
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readAll(path: string): Map<string, Tensor> {
  using file = openSafetensors(path);
  return new Map([...file.tensors.keys()].map((name) => [name, file.read(name)]));
}

/** A file with this header text over this payload. */
function fileOf(header: string, payload: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + payload.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(payload, 8 + text.length);
  return bytes;
}

describe("openSafetensors()", () => {
  it("reads what encodeSafetensors() wrote, bit for bit", () => {
    const tensor = fc.array(fc.float({ noNaN: true }), { maxLength: 9 }).map((values): Tensor => ({
      shape: [values.length],
      values: Float32Array.from(values),
    }));
    const files = fc.array(fc.tuple(fc.string({ unit: "binary" }), tensor)).map((list) => new Map(list))
      .filter((map) => !map.has("__metadata__"));
    fc.assert(
      fc.property(files, (tensors) => {
        const read = withFile(encodeSafetensors(tensors, { format: "pt" }), readAll);
        equal(read.size, tensors.size);
        for (const [name, { shape, values }] of tensors) {
          deepEqual(read.get(name), { shape, values });
          deepEqual(new Uint32Array(read.get(name)!.values.buffer), new Uint32Array(values.slice().buffer));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("widens BF16 and F16 exactly", () => {
    // 1, -2.5, the smallest F16 (2^-24), the largest (65504), infinity and -0; and their neighbours in BF16.
    const halves = Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7bff, 0x7c00, 0x8000, 0x03ff);
    const brains = Uint16Array.of(0x3f80, 0xc020, 0x0001, 0x8000);
    const header = `{"h":{"dtype":"F16","shape":[7],"data_offsets":[0,14]},` +
      `"b":{"dtype":"BF16","shape":[2,2],"data_offsets":[14,22]}}`;
    const payload = new Uint8Array([...new Uint8Array(halves.buffer), ...new Uint8Array(brains.buffer)]);
    const read = withFile(fileOf(header, payload), readAll);
    deepEqual([...read.get("h")!.values], [1, -2.5, 2 ** -24, 65504, Infinity, -0, 1023 * 2 ** -24]);
    deepEqual([...read.get("b")!.values], [1, -2.5, 2 ** -133, -0]);
  });

  it("reads scalars, empty tensors and metadata", () => {
    const header = `{ "__metadata__": {"a\\u0062": "c"}, "s": {"shape":[], "dtype":"F32","data_offsets":[0,4]},` +
      ` "e": {"dtype":"F32","shape":[3,0],"data_offsets":[4,4]} }   `;
    withFile(fileOf(header, new Uint8Array(4)), (path) => {
      using file = openSafetensors(path);
      equal(file.metadata.get("ab"), "c");
      deepEqual(file.read("s"), { shape: [], values: Float32Array.of(0) });
      deepEqual(file.read("e"), { shape: [3, 0], values: new Float32Array() });
    });
  });

  const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`): string =>
    `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;
  const broken: Record<string, [header: string, payloadBytes: number, message: RegExp]> = {
    "a gap": [`{"a":${entry(4, 8)}}`, 8, /no tensor claims the bytes 0 to 4/],
    "an overlap": [`{"a":${entry(0, 8)},"b":${entry(4, 8)}}`, 8, /'b' overlaps/],
    "the same key, escaped": [`{"a":${entry(0, 4)},"\\u0061":${entry(4, 8)}}`, 8, /'a' occurs twice/],
    "metadata twice": [`{"__metadata__":{},"__metadata__":{}}`, 0, /'__metadata__' occurs twice/],
    "metadata that is no string": [`{"__metadata__":{"a":1}}`, 0, /expected a string/],
    "a product over 2^53": [`{"a":${entry(0, 4, "[9007199254740991,9007199254740991]")}}`, 4, /needs/],
    "a fraction": [`{"a":${entry(0, 4, "[1.0]")}}`, 4, /a dimension of 'a' is 1.0/],
    "text after the header": [`{} {}`, 0, /expected the end/],
    "offsets turned around": [`{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}`, 4, /spans bytes 4 to 0/],
    "a missing field": [`{"a":{"dtype":"F32","shape":[1]}}`, 4, /needs dtype, shape and two data_offsets/],
    "an inherited name as dtype": [`{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}`, 4, /unknown dtype/],
    "an unclosed string": [`{"a\\"`, 0, /a string without end/],
    "a line break in a name": [`{"a\n":${entry(0, 4)}}`, 4, /a broken string/],
    "an unclosed object": [`{"a":${entry(0, 4)}`, 4, /expected '}', found the end/],
  };
  for (const [what, [header, payloadBytes, message]] of Object.entries(broken)) {
    it(`refuses ${what}`, () => {
      withFile(fileOf(header, new Uint8Array(payloadBytes)), (path) => {
        throws(() => readAll(path), { name: "EddyError", code: "checkpoint_invalid", message });
      });
    });
  }

  it("refuses every truncation of a good file", () => {
    const bytes = encodeSafetensors(new Map([["a", { shape: [3], values: Float32Array.of(1, 2, 3) }]]));
    for (let length = 0; length < bytes.length; length++) {
      withFile(bytes.slice(0, length), (path) => {
        throws(() => readAll(path), { name: "EddyError", code: "checkpoint_invalid" });
      });
    }
  });

  it("refuses to read integers as weights", () => {
    const header = `{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`;
    withFile(fileOf(header, new Uint8Array(4)), (path) => throws(() => readAll(path), { message: /I32, not a float/ }));
  });
});
