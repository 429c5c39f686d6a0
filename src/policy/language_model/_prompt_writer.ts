import { EddyError } from "../../errors.ts";
import type { Tokenizer } from "../../language/mod.ts";
import type { LanguageModel } from "./language_model.ts";
import type { ModelFiles } from "./_model_files.ts";
import { plainWords } from "./_plain_words.ts";

/** Conversations as tokens, by a model's chat template; what people and tools wrote never becomes a special token. */
export function promptWriter(
  tokenizer: Tokenizer,
  { template, specials }: Pick<ModelFiles, "template" | "specials">,
): LanguageModel["prompt"] {
  return (messages, { tools, variables, now, complete = false } = {}) => {
    if (!template) {
      throw new EddyError(
        "request_invalid",
        "Cannot talk with the model: it has no chat template; give one ('--chat-template FILE'), or send its prompt as text to '/v1/completions'",
      );
    }
    const plain = plainWords(messages, specials);
    const text = template.render(plain.messages, { tools, variables, now, addGenerationPrompt: !complete });
    return Uint32Array.from(
      plain.split(text).flatMap(({ text, plain }) => [...tokenizer.encode(text, { parseSpecial: !plain })]),
    );
  };
}
