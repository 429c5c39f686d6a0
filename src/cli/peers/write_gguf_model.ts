import {
  type BenchModel,
  CONTEXT,
  HEAD_DIMENSION,
  NORM_EPSILON,
  PIECE,
  randomBlocks,
  ROPE_THETA,
} from "./bench_model.ts";

/** Words that spell bytes, the merged one and the end. */
const SPELLED = 258;

/** GGUF's numbers of types: of tensors, and of values. */
const F32 = 0, Q4_0 = 2, Q8_0 = 8;
const U32 = 4, FLOAT = 6, BOOLEAN = 7, TEXT = 8, ARRAY = 9;
const ALIGNMENT = 32;
const EMBEDDING = "token_embd.weight";
const NORMAL = 1, CONTROL = 3;

interface Tensor {
  readonly name: string;
  /** Innermost first. */
  readonly sizes: readonly number[];
  readonly type: number;
}

/**
 * Writes a GGUF file of random blocks: matrices of the layers as Q4_0 or Q8_0, embedding (and tied head) as Q8_0, norms
 * of one. Its vocabulary is words that nothing spells, the bytes, and one merge that prompts do not hold: a prompt of n
 * letters has n tokens. Rows of the bytes are half as large as others that are alike, so that greedy decoding, which
 * must write UTF-8, makes none of them.
 */
export function writeGgufModel(path: string, model: BenchModel, four: boolean): void {
  const file = Deno.openSync(path, { create: true, truncate: true, write: true });
  using _ = { [Symbol.dispose]: () => file.close() };
  let written = 0;
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    written += bytes.length;
  };
  const align = (): void => put(new Uint8Array(-written & (ALIGNMENT - 1)));
  const putRows = (blocks: Uint8Array, rows: number, rowBytes: number): void => {
    const step = Math.floor(PIECE / rowBytes);
    for (let row = 0; row < rows; row += step) put(blocks.subarray(0, Math.min(step, rows - row) * rowBytes));
  };
  const tensors = tensorsOf(model, four ? Q4_0 : Q8_0);
  put(header(model, tensors, four));
  align();
  const blocks: Readonly<Record<number, Uint8Array>> = { [Q4_0]: randomBlocks(true), [Q8_0]: randomBlocks(false) };
  for (const { name, sizes, type } of tensors) {
    if (type === F32) put(new Uint8Array(new Float32Array(sizes[0]).fill(1).buffer));
    else if (name !== EMBEDDING) putRows(blocks[type], sizes[1], bytesOf({ sizes: [sizes[0]], type }));
    else {
      const rowBytes = bytesOf({ sizes: [sizes[0]], type });
      putRows(blocks[type], sizes[1] - SPELLED, rowBytes);
      putRows(halved(blocks[type]), SPELLED, rowBytes);
    }
    align();
  }
}

function tensorsOf(model: BenchModel, type: number): readonly Tensor[] {
  const { vocabulary, hidden, layers, heads, keyValueHeads, intermediate } = model;
  const [queries, keys] = [heads * HEAD_DIMENSION, keyValueHeads * HEAD_DIMENSION];
  const norm = (name: string): Tensor => ({ name: `${name}.weight`, sizes: [hidden], type: F32 });
  const matrix = (name: string, width: number, rows: number): Tensor => (
    { name: `${name}.weight`, sizes: [width, rows], type }
  );
  return [
    { name: EMBEDDING, sizes: [hidden, vocabulary], type: Q8_0 },
    norm("output_norm"),
    ...Array.from({ length: layers }, (_, layer) => `blk.${layer}.`).flatMap((layer) => [
      norm(`${layer}attn_norm`),
      matrix(`${layer}attn_q`, hidden, queries),
      matrix(`${layer}attn_k`, hidden, keys),
      matrix(`${layer}attn_v`, hidden, keys),
      matrix(`${layer}attn_output`, queries, hidden),
      norm(`${layer}ffn_norm`),
      matrix(`${layer}ffn_gate`, hidden, intermediate),
      matrix(`${layer}ffn_up`, hidden, intermediate),
      matrix(`${layer}ffn_down`, intermediate, hidden),
    ]),
  ];
}

/** Blocks of Q8_0 with half their scales. */
function halved(blocks: Uint8Array): Uint8Array {
  return blocks.map((byte, i) => i % 34 === 1 ? byte - 4 : byte); // one less in the exponent of an F16
}

function bytesOf({ sizes, type }: Pick<Tensor, "sizes" | "type">): number {
  const count = sizes.reduce((product, size) => product * size, 1);
  return type === F32 ? 4 * count : count / 32 * (type === Q4_0 ? 18 : 34);
}

function header(model: BenchModel, tensors: readonly Tensor[], four: boolean): Uint8Array {
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  const u32 = (value: number): unknown => parts.push(new Uint8Array(Uint32Array.of(value).buffer));
  const f32 = (value: number): unknown => parts.push(new Uint8Array(Float32Array.of(value).buffer));
  const u64 = (value: number): unknown => parts.push(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  const text = (value: string): void => {
    const bytes = encoder.encode(value);
    u64(bytes.length);
    parts.push(bytes);
  };
  const values: [string, () => void][] = [];
  const whole = (key: string, value: number): unknown => values.push([key, () => (u32(U32), u32(value))]);
  const number = (key: string, value: number): unknown => values.push([key, () => (u32(FLOAT), f32(value))]);
  const word = (key: string, value: string): unknown => values.push([key, () => (u32(TEXT), text(value))]);
  const list = <T>(key: string, type: number, items: readonly T[], write: (item: T) => unknown): unknown =>
    values.push([key, () => (u32(ARRAY), u32(type), u64(items.length), items.forEach((item) => write(item)))]);

  const words = vocabularyOf(model.vocabulary), end = model.vocabulary - 1;
  word("general.architecture", "llama");
  word("general.name", `random-${model.name}`);
  whole("general.file_type", four ? 2 : 7);
  whole("llama.block_count", model.layers);
  whole("llama.context_length", 4 * CONTEXT);
  whole("llama.embedding_length", model.hidden);
  whole("llama.feed_forward_length", model.intermediate);
  whole("llama.attention.head_count", model.heads);
  whole("llama.attention.head_count_kv", model.keyValueHeads);
  number("llama.attention.layer_norm_rms_epsilon", NORM_EPSILON);
  number("llama.rope.freq_base", ROPE_THETA);
  whole("llama.rope.dimension_count", HEAD_DIMENSION);
  whole("llama.vocab_size", model.vocabulary);
  word("tokenizer.ggml.model", "gpt2");
  word("tokenizer.ggml.pre", "gpt-2");
  list("tokenizer.ggml.tokens", TEXT, words, text);
  list("tokenizer.ggml.token_type", 5, words.map((_, id) => id === end ? CONTROL : NORMAL), u32);
  list("tokenizer.ggml.merges", TEXT, ["~ ~"], text);
  whole("tokenizer.ggml.bos_token_id", end);
  whole("tokenizer.ggml.eos_token_id", end);
  values.push(["tokenizer.ggml.add_bos_token", () => (u32(BOOLEAN), parts.push(Uint8Array.of(0)))]);

  parts.push(encoder.encode("GGUF"));
  u32(3);
  u64(tensors.length);
  u64(values.length);
  for (const [key, write] of values) text(key), write();
  let offset = 0;
  for (const { name, sizes, type } of tensors) {
    text(name);
    u32(sizes.length);
    sizes.forEach(u64);
    u32(type);
    u64(offset);
    offset += Math.ceil(bytesOf({ sizes, type }) / ALIGNMENT) * ALIGNMENT;
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Words that are never spelled, the letters that stand for bytes, one word of two, and the end. */
function vocabularyOf(size: number): readonly string[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const plain = bytes.filter((byte) => byte > 32 && byte < 127 || byte > 160 && byte !== 173);
  const letters = [...plain, ...Array.from({ length: 256 - plain.length }, (_, i) => 256 + i)];
  return [
    ...Array.from({ length: size - SPELLED }, (_, id) => `t${id}`),
    ...letters.map((letter) => String.fromCharCode(letter)),
    ...["~~", "<end>"],
  ];
}
