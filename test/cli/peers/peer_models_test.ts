import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchModel, weightsOf } from "../../../src/cli/peers/bench_model.ts";
import { startPeer } from "../../../src/cli/peers/start_peer.ts";
import { writeGgufModel } from "../../../src/cli/peers/write_gguf_model.ts";
import { writeOnnxModel } from "../../../src/cli/peers/write_onnx_model.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { loadTokenizer } from "../../../src/language/mod.ts";
import { loadPackedTransformer } from "../../../src/policy/mod.ts";

const SMALL: BenchModel = {
  ...{ name: "small", vocabulary: 400, hidden: 128, layers: 2, heads: 2, keyValueHeads: 1, intermediate: 192 },
};
const kernels = await loadKernels();
let folder = "";

describe("writeGgufModel()", () => {
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "eddy-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const [four, format] of [[true, "e4"], [false, "q8"]] as const) {
    it(`writes a model that Eddy reads, where a letter is a token, as ${format}`, () => {
      const path = join(folder, `${format}.gguf`);
      writeGgufModel(path, SMALL, four);
      const { model, config, files } = loadPackedTransformer(kernels, path, { format });
      using _ = model;
      deepEqual([config.hiddenSize, config.layers, config.heads, config.keyValueHeads], [128, 2, 2, 1]);
      using tokenizer = loadTokenizer(kernels, files.get("tokenizer.json")!);
      equal(tokenizer.encode("hello, world").length, 12);
      const slot = Uint32Array.of(model.openSlot());
      model.feed(slot, Uint32Array.of(3), Uint32Array.of(300, 301, 302));
      const none = new Uint32Array(), zero = Uint32Array.of(0);
      using drawn = model.sampleLast(
        Uint32Array.of(0xffffffff),
        none,
        0,
        0,
        1,
        0,
        BigUint64Array.of(0n),
        zero,
        zero,
        false,
      );
      ok((drawn.tokens as Uint32Array)[0] < SMALL.vocabulary - 258, "greedy decoding makes no byte");
    });
  }
});

/** Fields of a message of Protocol Buffers: numbers, or bytes. */
function fieldsOf(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      value |= BigInt(bytes[at] & 127) << shift;
      if (bytes[at++] < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = varint(), wire = tag & 7;
    if (wire === 0) fields.push([tag >> 3, varint()]);
    else {
      const length = wire === 5 ? 4 : varint();
      fields.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  equal(at, bytes.length);
  return fields;
}

describe("writeOnnxModel()", () => {
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "eddy-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const four of [true, false]) {
    it(`writes as many weights as Eddy reads, each tensor as large as its shape, ${four ? 4 : 8} bits`, () => {
      const path = join(folder, "model.onnx");
      writeOnnxModel(path, SMALL, four);
      const parts = (bytes: Uint8Array, field: number): Uint8Array[] =>
        fieldsOf(bytes).filter(([at]) => at === field).map(([, value]) => value as Uint8Array);
      const [graph] = parts(readFileSync(path), 7);
      const text = new TextDecoder();
      let weights = 0;
      const known = new Set([...parts(graph, 5).map((tensor) => text.decode(parts(tensor, 8)[0])), ""]);
      for (const tensor of parts(graph, 5)) {
        const fields = fieldsOf(tensor), name = text.decode(parts(tensor, 8)[0]);
        const count = fields.filter(([at]) => at === 1).reduce((product, [, dim]) => product * (dim as number), 1);
        const type = fields.find(([at]) => at === 2)![1] as number;
        equal(parts(tensor, 9)[0].length, count * ({ 1: 4, 2: 1, 3: 1, 6: 4, 7: 8 }[type]!), name);
        if (name.endsWith(".q")) weights += count * (four ? 2 : 1);
      }
      const { layerWeights, headWeights } = weightsOf(SMALL);
      equal(weights, layerWeights + headWeights);
      for (const input of parts(graph, 11)) known.add(text.decode(parts(input, 1)[0]));
      for (const node of parts(graph, 1)) {
        for (const input of parts(node, 1)) ok(known.has(text.decode(input)), `${text.decode(input)} comes before`);
        for (const output of parts(node, 2)) known.add(text.decode(output));
      }
      ok(known.has("logits"));
    });
  }
});

describe("startPeer()", () => {
  it("says why a peer does not run", async () => {
    const started = startPeer("wllama", "./wllama_program.ts", "/nowhere", "model.gguf");
    await rejects(started, /^EddyError: Cannot run wllama: .*nowhere/);
  });
});
