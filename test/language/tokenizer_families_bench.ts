import { Tokenizer as Reference } from "npm:@huggingface/tokenizers@0.2.0";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

// MB/s of every recorded family beside @huggingface/tokenizers, over the recorded texts: read the ratios.
const kernels = await loadKernels();
const folder = join(fixturesFolder, "tokenizers");
for (const name of readdirSync(folder)) {
  const path = join(folder, name, "tokenizer.json");
  if (!existsSync(path)) continue;
  const json = readFileSync(path, "utf8");
  const { vectors } = JSON.parse(readFileSync(join(folder, name, "vectors.json"), "utf8"));
  const prose = (vectors as { name: string; text: string }[]).map(({ text }) => text).join("\n").repeat(4);
  const megabytes = (new TextEncoder().encode(prose).length / 1e6).toFixed(2);
  const tokenizer = loadTokenizer(kernels, json);
  const reference = new Reference(JSON.parse(json), {});
  const group = `${name}: ${megabytes} MB`;
  Deno.bench({ name: `encode ${name}`, group, baseline: true, fn: () => void tokenizer.encode(prose) });
  Deno.bench({ name: `encodeWithOffsets ${name}`, group, fn: () => void tokenizer.encodeWithOffsets(prose) });
  Deno.bench({
    name: `@huggingface/tokenizers ${name}`,
    group,
    fn: () => void reference.encode(prose, { add_special_tokens: false }),
  });
}
