import { loadKernels } from "../../src/kernels/mod.ts";
import { toolCallConstraint, toolCallTokens, trainTokenizer } from "../../src/language/mod.ts";
import { tools } from "./tools.ts";

const kernels = await loadKernels();
const words = "please cancel the order of this customer and tell them when 12 boxes will be sent again".split(" ");
const text = Array.from({ length: 100_000 }, (_, i) => words[(i * i + 7 * i) % words.length]).join(" ");
const tokenizer = trainTokenizer(kernels, [text], { vocabularySize: 512, addedTokens: toolCallTokens(tools) });
const ids = tokenizer.encode(text);

Deno.bench(`encode ${(text.length / 1e6).toFixed(2)} MB`, () => void tokenizer.encode(text));
Deno.bench(`decode ${(text.length / 1e6).toFixed(2)} MB`, () => void tokenizer.decode(ids));
Deno.bench(`train on ${(text.length / 1e6).toFixed(2)} MB`, () => {
  trainTokenizer(kernels, [text], { vocabularySize: 512 })[Symbol.dispose]();
});
Deno.bench("toolCallConstraint of 4 tools", () => void toolCallConstraint(tokenizer, tools));
