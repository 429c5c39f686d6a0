import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadKernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import {
  encodeSafetensors,
  initializeTransformer,
  loadCheckpoint,
  loadPackedPolicy,
  modelTensors,
  readTensors,
  SPECIAL_TOKENS,
  writeLlamaConfig,
} from "../../src/policy/mod.ts";
import { exportCommand } from "../../src/cli/commands/export.ts";
import { importCommand } from "../../src/cli/commands/import.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { serveFolder } from "../policy/folder_server.ts";
import { fakeHost } from "./fake_host.ts";

const kernels = await loadKernels();
const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command in this process; words with a `/` at their start stand in the folder. */
async function eddy(folder: string, ...words: readonly string[]): Promise<Ended> {
  const host = fakeHost();
  const own = words.map((word) => word.startsWith("/") ? folder + word : word);
  const code = await runCommandLine(own, [importCommand, exportCommand], host);
  const short = (text: string): string => text.replaceAll(folder, "");
  return { code, out: short(host.out()), err: short(host.err()) };
}

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
  let folder = "";
  beforeEach(async () => {
    folder = await Deno.makeTempDir({ prefix: "eddy-model-files-" });
  });
  afterEach(() => Deno.remove(folder, { recursive: true }));

  it("carry a model to a file, over HTTP, and back to a folder", async () => {
    await writeModel(`${folder}/small`, 2, 64);
    const out = await eddy(folder, "export", "/small", "--to", "gguf", "--dtype", "f32", "--out", "/small.gguf");
    const bytes = await Deno.readFile(`${folder}/small.gguf`);
    deepEqual([out.code, out.out], [0, `/small.gguf: ${(bytes.length / 1e6).toFixed(1)} MB\n`]);
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response(bytes));
    const url = `http://127.0.0.1:${server.addr.port}/small.gguf`;
    const wrong = await eddy(folder, "import", url, "--sha256", "0".repeat(64), "--out", "/e4.gguf");
    equal(wrong.code, 65);
    match(wrong.err, /its SHA-256 is [0-9a-f]{64}, not 0{64}; it was removed/);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const taken = await eddy(folder, "import", url, "--weights", "e4", "--sha256", sha256, "--out", "/e4.gguf");
    match(taken.out, /^\/e4\.gguf: \d+\.\d MB, layers e4, head q8, content [0-9a-f]{64}\n$/, taken.err);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["e4.gguf", "small", "small.gguf"]);
    using policy = loadPackedPolicy(kernels, `${folder}/e4.gguf`);
    using context = policy.open();
    context.append([{ role: "user", text: "which way?" }]);
    ok(policy.decide([{ context, seed: 1, stream: 1, candidates: ["go left", "go right"] }])[0].text.startsWith("go "));
    equal((await eddy(folder, "export", "/small.gguf", "--to", "safetensors", "--out", "/back")).code, 0);
    const [before, after] = ["small", "back"].map((name) => loadCheckpoint(`${folder}/${name}`));
    deepEqual(after.tensors, before.tensors);
    equal(after.files.get("tokenizer.json"), before.files.get("tokenizer.json"));
  });

  it("take a folder behind an address, and leave nothing of it beside the file", async () => {
    await writeModel(`${folder}/small`, 2, 64);
    const names = ["config.json", "tokenizer.json", "model.safetensors"];
    await using server = serveFolder(
      new Map(
        await Promise.all(names.map(async (name) => [name, await Deno.readFile(`${folder}/small/${name}`)] as const)),
      ),
    );
    const { code, err } = await eddy(folder, "import", server.url, "--out", "/there.gguf");
    equal(code, 0, err);
    match(err, /100 % fetched/);
    await eddy(folder, "import", "/small", "--out", "/here.gguf");
    deepEqual(await Deno.readFile(`${folder}/there.gguf`), await Deno.readFile(`${folder}/here.gguf`));
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["here.gguf", "small", "there.gguf"]);
    const sha256 = createHash("sha256").update(server.files.get("model.safetensors")!).digest("hex");
    equal((await eddy(folder, "import", server.url, "--sha256", sha256, "--out", "/again.gguf")).code, 0);
    const wrong = await eddy(folder, "import", server.url, "--sha256", "0".repeat(64), "--out", "/wrong.gguf");
    match(wrong.err, /model\.safetensors': its SHA-256 is [0-9a-f]{64}, not 0{64}/);
    server.files.delete("config.json");
    match((await eddy(folder, "import", server.url, "--out", "/none.gguf")).err, /it has no 'config\.json'/);
  });

  it("leave no half file when they are killed, and go on", async () => {
    await writeModel(`${folder}/large`, 8, 384);
    const out = `${folder}/large.gguf`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, "import", `${folder}/large`, "--out", out],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    while (!existsSync(`${out}.part`)) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    equal((await child.status).success, false);
    equal(existsSync(out), false);
    for (const name of ["/large.gguf", "/whole.gguf"]) {
      const { code, err } = await eddy(folder, "import", "/large", "--out", name);
      equal(code, 0, err);
    }
    equal(existsSync(`${out}.part`), false);
    // As if nothing had been.
    deepEqual(await Deno.readFile(out), await Deno.readFile(`${folder}/whole.gguf`));
  });

  it("say what they do not take", async () => {
    await writeModel(`${folder}/small`, 1, 64);
    const cases: readonly (readonly [line: string, code: number, message: RegExp])[] = [
      ["import /small --weights e5", 2, /'--weights e5': there are e4, e7 and q8/],
      ["import /episodes.jsonl --out /x", 2, /'--out': '\/episodes\.jsonl' is no model folder/],
      ["import /none.gguf --out /x", 66, /Cannot open '\/none\.gguf'/],
      ["import /small --sha256 12", 2, /expected 64 hexadecimal digits/],
      ["export /small", 2, /'\/small' is a model or a folder; say what to make of it/],
      ["export /small --to onnx --out /x", 2, /'--to onnx': there are safetensors, gguf, peft/],
      ["export /small --to safetensors", 2, /say which and where to/],
      ["export /small --to safetensors --dtype q8_0 --out /x", 2, /there are f32, f16, bf16/],
      ["export /small --to peft --out /x", 65, /it is no adapter/],
      ["export /small --to safetensors --out /small", 2, /there is something; name a new folder/],
      ["export /small --to gguf --adapter /small --out /x", 65, /Cannot merge the adapter '\/small': it is a model/],
    ];
    for (const [line, code, message] of cases) {
      const ended = await eddy(folder, ...line.split(" "));
      match(ended.err, message, line);
      equal(ended.code, code, line);
    }
    equal(existsSync(`${folder}/x`), false);
  });
});
