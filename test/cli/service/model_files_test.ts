import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadKernels } from "../../../src/kernels/mod.ts";
import { trainTokenizer } from "../../../src/language/mod.ts";
import {
  encodeSafetensors,
  initializeTransformer,
  loadCheckpoint,
  loadPackedPolicy,
  modelTensors,
  readTensors,
  SPECIAL_TOKENS,
  writeLlamaConfig,
} from "../../../src/policy/mod.ts";
import { program } from "./_program.ts";

const kernels = await loadKernels();
const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** A model's folder as Hugging Face has it. */
async function writeModel(folder: string, layers: number, hiddenSize: number): Promise<void> {
  const texts = ["go left", "go right"];
  using tokenizer = trainTokenizer(kernels, texts, { vocabularySize: 280, specialTokens: SPECIAL_TOKENS });
  const shape = { vocabularySize: tokenizer.vocabularySize, layers, hiddenSize, intermediateSize: 4 * hiddenSize };
  const { model, config } = initializeTransformer(kernels, shape, 3);
  await Deno.mkdir(folder);
  const own = readTensors(model, config);
  const tensors = new Map([...modelTensors(config).keys()].map((name) => [name, own.get(name)!]));
  model.free();
  await Deno.writeFile(`${folder}/model.safetensors`, encodeSafetensors(tensors, { format: "pt" }));
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(writeLlamaConfig(config)));
  await Deno.writeTextFile(`${folder}/tokenizer.json`, tokenizer.toJson());
}

describe("eddy import MODEL, eddy export MODEL", () => {
  it("carry a model to a file, over HTTP, and back to a folder", async () => {
    await using own = await program();
    await writeModel(`${own.folder}/small`, 2, 64);
    const out = await own.eddy(["export", "small", "--to", "gguf", "--dtype", "f32", "--out", "small.gguf"]);
    deepEqual([out.code, out.out], [
      0,
      `small.gguf: ${((await size(`${own.folder}/small.gguf`)) / 1e6).toFixed(1)} MB\n`,
    ]);
    const bytes = await Deno.readFile(`${own.folder}/small.gguf`);
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response(bytes));
    const url = `http://127.0.0.1:${server.addr.port}/small.gguf`;
    const wrong = await own.eddy(["import", url, "--sha256", "0".repeat(64)]);
    equal(wrong.code, 65);
    match(wrong.err, /its SHA-256 is [0-9a-f]{64}, not 0{64}; it was removed/);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const taken = await own.eddy(["import", url, "--weights", "e4", "--sha256", sha256]);
    match(taken.out, /^small-e4\.gguf: \d+\.\d MB, layers e4, head q8, content [0-9a-f]{64}\n$/, taken.err);
    const left: string[] = [];
    for await (const { name } of Deno.readDir(own.folder)) left.push(name);
    deepEqual(left.sort(), ["eddy.config.json", "small", "small-e4.gguf", "small.gguf"]);
    using policy = loadPackedPolicy(kernels, `${own.folder}/small-e4.gguf`);
    using context = policy.open();
    context.append([{ role: "user", text: "which way?" }]);
    ok(policy.decide([{ context, seed: 1, stream: 1, candidates: ["go left", "go right"] }])[0].text.startsWith("go "));
    equal((await own.eddy(["export", "small.gguf", "--to", "safetensors", "--out", "back"])).code, 0);
    const [before, after] = ["small", "back"].map((name) => loadCheckpoint(`${own.folder}/${name}`));
    deepEqual(after.tensors, before.tensors);
    equal(after.files.get("tokenizer.json"), before.files.get("tokenizer.json"));
  });

  it("leave no half file when they are killed, and go on", async () => {
    await using own = await program();
    await writeModel(`${own.folder}/large`, 8, 384);
    const words = ["import", "large", "--out", "large.gguf"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, ...words],
      ...{ cwd: own.folder, stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    while (!existsSync(`${own.folder}/large.gguf.part`)) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    equal((await child.status).success, false);
    equal(existsSync(`${own.folder}/large.gguf`), false);
    const { code, err } = await own.eddy(words);
    equal(code, 0, err);
    equal(existsSync(`${own.folder}/large.gguf.part`), false);
    // As if nothing had been.
    equal((await own.eddy(["import", "large", "--out", "whole.gguf"])).code, 0);
    deepEqual(await Deno.readFile(`${own.folder}/large.gguf`), await Deno.readFile(`${own.folder}/whole.gguf`));
  });

  it("say what they do not take", async () => {
    await using own = await program();
    await writeModel(`${own.folder}/small`, 1, 64);
    const cases: readonly (readonly [words: readonly string[], code: number, message: RegExp])[] = [
      [["import", "small", "--weights", "e5"], 2, /'--weights e5': there are e4, e7 and q8/],
      [["import", "episodes.jsonl", "--out", "x"], 2, /'--out': 'episodes\.jsonl' is no model folder/],
      [["import", "none.gguf"], 66, /Cannot open 'none\.gguf'/],
      [["export", "small"], 2, /'small' is a model or a folder; say what to make of it/],
      [["export", "small", "--to", "onnx", "--out", "x"], 2, /'--to onnx': there are safetensors, gguf, peft/],
      [["export", "small", "--to", "safetensors"], 2, /say which and where to/],
      [["export", "small", "--to", "safetensors", "--dtype", "q8_0", "--out", "x"], 2, /there are f32, f16, bf16/],
      [["export", "small", "--to", "peft", "--out", "x"], 65, /it is no adapter/],
      [["export", "small", "--to", "safetensors", "--out", "small"], 2, /there is something; name a new folder/],
    ];
    for (const [words, code, message] of cases) {
      const ended = await own.eddy(words);
      match(ended.err, message, words.join(" "));
      equal(ended.code, code, words.join(" "));
    }
    equal(existsSync(`${own.folder}/x`), false);
  });
});

async function size(path: string): Promise<number> {
  return (await Deno.stat(path)).size;
}
