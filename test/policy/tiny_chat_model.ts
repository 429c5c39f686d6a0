import type { Kernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import { initializeTransformer, type PolicySnapshot, readTensors, writeLlamaConfig } from "../../src/policy/mod.ts";

/** A template of the ChatML family, with tools as Qwen's models have them. */
export const CHATML =
  "{% if tools %}<|im_start|>system\n{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}Call with <tool_call>.<|im_end|>\n{% endif %}" +
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content }}" +
  "{% if m.tool_calls %}{% for call in m.tool_calls %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}{% endif %}" +
  "{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

const WORDS = [
  "hello there, how are you today?",
  '{"name": "ship", "arguments": {"order": "O1"}}',
  "<tool_call> </tool_call>",
];

/** A language model with random weights, as a Hugging Face folder would give it. */
export function tinyChatModel(kernels: Kernels, seed = 7, maximumPositions = 256): PolicySnapshot {
  using tokenizer = trainTokenizer(kernels, WORDS, {
    vocabularySize: 320,
    specialTokens: ["<|im_start|>", "<|im_end|>"],
  });
  const { vocabularySize } = tokenizer;
  const shape = {
    vocabularySize,
    hiddenSize: 16,
    layers: 1,
    heads: 2,
    keyValueHeads: 2,
    headDimension: 8,
    intermediateSize: 24,
  };
  const { model, config } = initializeTransformer(kernels, { ...shape, maximumPositions }, seed);
  try {
    const tensors = new Map([...readTensors(model, config)].filter(([name]) => !name.startsWith("value_head")));
    const end = tokenizer.tokenId("<|im_end|>")!;
    const json = {
      "config.json": { ...writeLlamaConfig(config), eos_token_id: end },
      "tokenizer_config.json": { eos_token: "<|im_end|>", chat_template: CHATML },
    };
    const files = new Map(Object.entries(json).map(([name, value]) => [name, JSON.stringify(value)]));
    return { kind: "transformer", version: 0, tensors, files: files.set("tokenizer.json", tokenizer.toJson()) };
  } finally {
    model.free();
  }
}
