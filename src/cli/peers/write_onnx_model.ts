import { type BenchModel, CONTEXT, HEAD_DIMENSION, NORM_EPSILON, ROPE_THETA } from "./bench_model.ts";

/** A message of Protocol Buffers in pieces; large weights are parts of one array, again and again. */
type Message = readonly Uint8Array<ArrayBuffer>[];

/** ONNX's numbers of element types. */
const FLOAT = 1, UINT8 = 2, INT8 = 3, INT32 = 6, INT64 = 7;
const OPSET = 21, IR_VERSION = 10;
const BLOCK = 32;
const EIGHT_BIT_SCALE = 0.0005, FOUR_BIT_SCALE = 0.006;
const RANDOM_BYTES = 1 << 22;

const encoder = new TextEncoder();

/**
 * Writes a decoder with random weights as exporters lay it out: grouped attention and fused norms, and either
 * `MatMulInteger` behind `DynamicQuantizeLinear` (8 bits, one scale a matrix) or `MatMulNBits` (4 bits, blocks of 32,
 * activations rounded to 8 bits). Only the last position has logits. The embedding is a table of 8 bits.
 *
 * Inputs: `input_ids [1, S]`, `seqlens_k [1]` (positions less one), `total []`, `past.I.key` and `past.I.value`
 * `[1, heads, P, 64]`. Outputs: `logits [1, vocabulary]`, `present.I.key`, `present.I.value`.
 */
export function writeOnnxModel(path: string, model: BenchModel, four: boolean): void {
  using file = Deno.openSync(path, { create: true, truncate: true, write: true });
  const opsets = [message(8, [text(1, ""), number(2, OPSET)]), message(8, [text(1, "com.microsoft"), number(2, 1)])];
  const graph = message(7, graphOf(model, four));
  for (const piece of [number(1, IR_VERSION), ...opsets, graph].flat()) {
    for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
  }
}

function graphOf(model: BenchModel, four: boolean): readonly Message[] {
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = model;
  const random = randomBytes(four);
  const nodes: Message[] = [], initializers: Message[] = [], values: Message[] = [];
  const [queries, keys] = [heads * HEAD_DIMENSION, keyValueHeads * HEAD_DIMENSION];

  const node = (
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    more: readonly Message[] = [],
  ): void => {
    const domain = CONTRIBUTED.has(type) ? [text(7, "com.microsoft")] : [];
    const ends = [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name))];
    nodes.push(message(1, [...ends, text(3, outputs[0]), text(4, type), ...more, ...domain]));
  };
  const constant = (name: string, type: number, dims: readonly number[], raw: Message): string => {
    initializers.push(
      message(5, [...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), bytes(9, raw)]),
    );
    return name;
  };
  const floats = (name: string, dims: readonly number[], numbers: readonly number[] | Float32Array): string =>
    constant(name, FLOAT, dims, [new Uint8Array(Float32Array.from(numbers).buffer)]);
  const value = (field: number, name: string, type: number, dims: readonly (number | string)[]): void => {
    const shape = message(2, dims.map((dim) => message(1, [typeof dim === "string" ? text(2, dim) : number(1, dim)])));
    values.push(message(field, [text(1, name), message(2, [message(1, [number(1, type), shape])])]));
  };
  const ones = floats("ones", [hidden], new Float32Array(hidden).fill(1));
  const zero = constant("zero", INT8, [], [Uint8Array.of(0)]);
  const scale = floats("scale", [], [EIGHT_BIT_SCALE]);

  /** What activations are as integers, once for all products that read them. */
  const quantized = new Set<string>();
  const product = (input: string, width: number, rows: number, name: string): string => {
    if (four) {
      const blocks = constant(`${name}.q`, UINT8, [rows, width / BLOCK, BLOCK / 2], random(rows * width / 2));
      const scales = floats(
        `${name}.s`,
        [rows * width / BLOCK],
        new Float32Array(rows * width / BLOCK).fill(FOUR_BIT_SCALE),
      );
      const sizes = { K: width, N: rows, bits: 4, block_size: BLOCK, accuracy_level: 4 };
      node(
        "MatMulNBits",
        [input, blocks, scales],
        [name],
        Object.entries(sizes).map(([key, size]) => whole(key, size)),
      );
      return name;
    }
    if (!quantized.has(input)) {
      node("DynamicQuantizeLinear", [input], [`${input}.q`, `${input}.s`, `${input}.z`]);
      quantized.add(input);
    }
    const weights = constant(`${name}.q`, INT8, [width, rows], random(width * rows));
    node("MatMulInteger", [`${input}.q`, weights, `${input}.z`, zero], [`${name}.i`]);
    node("Cast", [`${name}.i`], [`${name}.f`], [whole("to", FLOAT)]);
    node("Mul", [`${input}.s`, scale], [`${name}.c`]);
    node("Mul", [`${name}.f`, `${name}.c`], [name]);
    return name;
  };

  value(11, "input_ids", INT64, [1, "S"]);
  value(11, "seqlens_k", INT32, [1]);
  value(11, "total", INT32, []);
  const [cosines, sines] = [Math.cos, Math.sin].map((wave, i) =>
    floats(i ? "sines" : "cosines", [2 * CONTEXT, HEAD_DIMENSION / 2], rotations(wave))
  );
  constant("table", INT8, [vocabulary, hidden], random(vocabulary * hidden));
  node("Gather", ["table", "input_ids"], ["table.i"], [whole("axis", 0)]);
  node("Cast", ["table.i"], ["table.f"], [whole("to", FLOAT)]);
  node("Mul", ["table.f", scale], ["embedded"]);
  node("SimplifiedLayerNormalization", ["embedded", ones], ["0.normed"], [
    whole("axis", -1),
    float("epsilon", NORM_EPSILON),
  ]);
  const addAndNorm = (sum: string, added: string, output: string): string => {
    node("SkipSimplifiedLayerNormalization", [sum, added, ones], [output, "", "", `${output}.sum`], [
      float("epsilon", NORM_EPSILON),
    ]);
    return `${output}.sum`;
  };
  let sum = "embedded";
  for (let layer = 0; layer < layers; layer++) {
    const input = `${layer}.normed`;
    const caches = ["key", "value"].map((kind) => {
      value(11, `past.${layer}.${kind}`, FLOAT, [1, keyValueHeads, "P", HEAD_DIMENSION]);
      value(12, `present.${layer}.${kind}`, FLOAT, [1, keyValueHeads, "T", HEAD_DIMENSION]);
      return [`past.${layer}.${kind}`, `present.${layer}.${kind}`];
    });
    const read = [
      product(input, hidden, queries, `${layer}.query`),
      product(input, hidden, keys, `${layer}.key`),
      product(input, hidden, keys, `${layer}.value`),
    ];
    node(
      "GroupQueryAttention",
      [...read, caches[0][0], caches[1][0], "seqlens_k", "total", cosines, sines],
      [`${layer}.attended`, caches[0][1], caches[1][1]],
      [whole("num_heads", heads), whole("kv_num_heads", keyValueHeads), whole("do_rotary", 1)],
    );
    sum = addAndNorm(sum, product(`${layer}.attended`, queries, hidden, `${layer}.output`), `${layer}.between`);
    const gate = product(`${layer}.between`, hidden, intermediate, `${layer}.gate`);
    const up = product(`${layer}.between`, hidden, intermediate, `${layer}.up`);
    node("Sigmoid", [gate], [`${gate}.sigmoid`]);
    node("Mul", [gate, `${gate}.sigmoid`], [`${gate}.silu`]);
    node("Mul", [`${gate}.silu`, up], [`${layer}.inner`]);
    sum = addAndNorm(sum, product(`${layer}.inner`, intermediate, hidden, `${layer}.down`), `${layer + 1}.normed`);
  }
  const last = constant("last", INT64, [], [new Uint8Array(BigInt64Array.of(-1n).buffer)]);
  node("Gather", [`${layers}.normed`, last], ["final"], [whole("axis", 1)]);
  product("final", hidden, vocabulary, "logits");
  value(12, "logits", FLOAT, [1, vocabulary]);
  return [...nodes, text(2, `random-${model.name}`), ...initializers, ...values];
}

const CONTRIBUTED: ReadonlySet<string> = new Set([
  "MatMulNBits",
  "GroupQueryAttention",
  "SkipSimplifiedLayerNormalization",
]);

/**
 * As many bytes as asked for, of one array: integers of seven bits, or pairs of four bits. Each begins elsewhere in it, so
 * that queries are not keys.
 */
function randomBytes(four: boolean): (count: number) => Message {
  const numbers = new Uint8Array(RANDOM_BYTES);
  for (let i = 0, state = 1; i < RANDOM_BYTES; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    numbers[i] = four ? state >>> 24 : (state >>> 25) % 127 - 63;
  }
  let next = 0;
  return (count) => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let left = count; left > 0;) {
      const piece = numbers.subarray(next, next + left);
      pieces.push(piece);
      left -= piece.length;
      next = (next + piece.length) % RANDOM_BYTES;
    }
    next = (next + 1_000_003) % RANDOM_BYTES;
    return pieces;
  };
}

function rotations(wave: (angle: number) => number): Float32Array {
  const half = HEAD_DIMENSION / 2;
  return Float32Array.from(
    { length: 2 * CONTEXT * half },
    (_, i) => wave(Math.floor(i / half) * ROPE_THETA ** (-(i % half) / half)),
  );
}

/** Fields of Protocol Buffers: whole numbers (wire type 0), f32 (5), and all that has a length (2). */
function varint(value: number): Uint8Array<ArrayBuffer> {
  const digits: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) digits.push(Number(left & 127n) | 128);
  return Uint8Array.from([...digits, Number(left)]);
}

function number(field: number, value: number): Message {
  return [varint(field << 3), varint(value)];
}

function bytes(field: number, pieces: Message): Message {
  return [varint(field << 3 | 2), varint(pieces.reduce((sum, { length }) => sum + length, 0)), ...pieces];
}

function text(field: number, value: string): Message {
  return bytes(field, [encoder.encode(value)]);
}

function message(field: number, fields: readonly Message[]): Message {
  return bytes(field, fields.flat());
}

/** Attributes of nodes. */
function whole(name: string, value: number): Message {
  return message(5, [text(1, name), number(3, value), number(20, 2)]);
}

function float(name: string, value: number): Message {
  const field = [varint(2 << 3 | 5), new Uint8Array(Float32Array.of(value).buffer)];
  return message(5, [text(1, name), field, number(20, 1)]);
}
