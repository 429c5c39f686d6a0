import { type Kernels, randomStream } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import { encodeGguf, type GgufTensorSource } from "./encode_gguf.ts";
import { CHATML } from "./tiny_chat_model.ts";

const SIZES = { hidden: 64, heads: 4, intermediate: 128, layers: 2, context: 256 };

/** A GGUF file of a language model with random weights, float32, that talks through a chat template. */
export function tinyChatGguf(kernels: Kernels, seed: number): Uint8Array<ArrayBuffer> {
  using tokenizer = trainTokenizer(kernels, ["hello there, how are you today?", "I am well, thank you."], {
    vocabularySize: 320,
    specialTokens: ["<|im_start|>", "<|im_end|>"],
  });
  const { model, added_tokens: added } = JSON.parse(tokenizer.toJson()) as {
    readonly model: { readonly vocab: Record<string, number>; readonly merges: readonly (string | string[])[] };
    readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  };
  const tokens: string[] = [];
  for (const [text, id] of Object.entries(model.vocab)) tokens[id] = text;
  for (const { id, content } of added) tokens[id] = content;
  const control = new Set(added.map(({ id }) => id));
  const { hidden, heads, intermediate, layers, context } = SIZES;
  let stream = 0;
  const floats = (length: number, ...range: readonly [number, number]): Uint8Array => {
    const random = randomStream(kernels, seed, stream++);
    const values = Float32Array.from({ length }, () => range[0] + (range[1] - range[0]) * random());
    return new Uint8Array(values.buffer);
  };
  const matrix = (rows: number, width: number): GgufTensorSource => {
    return { sizes: [width, rows], type: 0, bytes: floats(rows * width, -0.5, 0.5) };
  };
  const norm = (): GgufTensorSource => ({ sizes: [hidden], type: 0, bytes: floats(hidden, 0.9, 1.1) });
  const layer = (index: number): readonly (readonly [string, GgufTensorSource])[] =>
    Object.entries({
      attn_norm: norm(),
      attn_q: matrix(hidden, hidden),
      attn_k: matrix(hidden, hidden),
      attn_v: matrix(hidden, hidden),
      attn_output: matrix(hidden, hidden),
      ffn_norm: norm(),
      ffn_gate: matrix(intermediate, hidden),
      ffn_up: matrix(intermediate, hidden),
      ffn_down: matrix(hidden, intermediate),
    }).map(([name, tensor]) => [`blk.${index}.${name}.weight`, tensor]);
  return encodeGguf({
    "general.architecture": "llama",
    "llama.block_count": layers,
    "llama.embedding_length": hidden,
    "llama.attention.head_count": heads,
    "llama.attention.layer_norm_rms_epsilon": 1.5e-5,
    "llama.context_length": context,
    "llama.feed_forward_length": intermediate,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": Float32Array.from(tokens, (_, id) => control.has(id) ? 3 : 1),
    "tokenizer.ggml.merges": model.merges.map((pair) => typeof pair === "string" ? pair : pair.join(" ")),
    "tokenizer.ggml.eos_token_id": tokenizer.tokenId("<|im_end|>")!,
    "tokenizer.chat_template": CHATML,
  }, {
    "token_embd.weight": matrix(tokens.length, hidden),
    "output_norm.weight": norm(),
    ...Object.fromEntries(Array.from({ length: layers }, (_, index) => layer(index)).flat()),
  }) as Uint8Array<ArrayBuffer>;
}
