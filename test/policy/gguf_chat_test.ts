import { describe, it } from "@std/testing/bdd";
import { deepEqual } from "node:assert/strict";
import { ggufChat } from "../../src/policy/checkpoint/gguf/gguf_chat.ts";
import type { GgufValue } from "../../src/policy/mod.ts";

const read = (entries: Record<string, unknown>): [unknown, unknown] => {
  const metadata = new Map(Object.entries(entries).map(([name, value]) => [`tokenizer.${name}`, value as GgufValue]));
  const files = ggufChat(metadata);
  return [JSON.parse(files.get("tokenizer_config.json")!), JSON.parse(files.get("generation_config.json")!)];
};

describe("ggufChat()", () => {
  const tokens = ["<s>", "a", "<|im_end|>", "<|end|>", "</s>"];

  it("gives template and special tokens as a Hugging Face folder has them", () => {
    const [tokenizer] = read({
      "chat_template": "{{ x }}",
      "ggml.tokens": tokens,
      "ggml.bos_token_id": 0,
      "ggml.eos_token_id": 4,
    });
    deepEqual(tokenizer, { bos_token: "<s>", eos_token: "</s>", chat_template: "{{ x }}" });
  });

  it("ends answers at each token that is named, and at known ones that are no text", () => {
    const [, generation] = read({
      "ggml.tokens": tokens,
      "ggml.token_type": [3, 1, 3, 1, 3],
      "ggml.eos_token_id": 4,
      "ggml.eot_token_id": 4,
    });
    // <|end|> is text here: users may write it.
    deepEqual(generation, { eos_token_id: [4, 2] });
  });

  it("says nothing where the file does not", () => deepEqual(read({}), [{}, {}]));
});
