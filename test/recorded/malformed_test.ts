import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { equal, match, ok, rejects, throws } from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixturesFolder } from "../fixtures.ts";
import { EddyError } from "../../src/errors.ts";
import { kernelMemoryBytes, loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import {
  blobBytes,
  createLanguageModel,
  loadCheckpoint,
  loadLanguageModel,
  loadPackedPolicy,
  loadPackedTransformer,
  openModelSource,
  openSafetensors,
  writeGguf,
} from "../../src/policy/mod.ts";

const kernels = await loadKernels();
let scratch = "";
const folder = join(fixturesFolder, "malformed");

interface Manifest {
  readonly limits: { readonly seconds: number; readonly extra_memory_mb: number };
  readonly files: readonly {
    readonly path: string;
    readonly kind: "safetensors" | "model" | "tokenizer" | "gguf";
    readonly wrong: string;
    readonly expect: "reject" | "report";
  }[];
}

/** Opens the file and reads everything in it, as its kind is read. */
const loaders: Record<string, (path: string) => void> = {
  safetensors: (path) => {
    using file = openSafetensors(path);
    for (const name of file.tensors.keys()) file.read(name);
  },
  model: (path) => void loadCheckpoint(path),
  tokenizer: (path) => void loadTokenizer(kernels, readFileSync(path, "utf8")),
  gguf: (path) => void loadCheckpoint(path, kernels),
};

/** Every door that a model comes in by, of a folder or a file of one. */
const doors: Record<string, (path: string) => unknown> = {
  source: (path) => {
    using source = openModelSource(kernels, path);
    writeGguf(kernels, source, join(scratch, "out.gguf"), { layers: "q8" });
  },
  packed: (path) => loadPackedTransformer(kernels, path).model.free(),
  policy: (path) => loadPackedPolicy(kernels, path)[Symbol.dispose](),
  talking: (path) => createLanguageModel(kernels, loadCheckpoint(path, kernels))[Symbol.dispose](),
  elsewhere: async (path) => {
    (await loadLanguageModel(kernels, blobBytes(new Blob([readFileSync(path)]), path)))[Symbol.dispose]();
  },
};

describe("broken model files", () => {
  if (!existsSync(join(folder, "manifest.json"))) {
    it.skip(`no manifest in ${folder}`, () => {});
    return;
  }
  const { files, limits } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  for (const { path, kind, wrong, expect } of files) {
    it(`loading ${path} is refused: ${wrong}`, () => {
      const memoryBefore = Deno.memoryUsage().rss;
      const startedAt = performance.now();
      throws(() => loaders[kind](join(folder, path)), (error) => {
        ok(error instanceof EddyError, String(error));
        match(error.message, /^Cannot .+: .+/);
        if (expect === "report") equal(error.code, "weights_not_finite");
        return true;
      });
      ok(performance.now() - startedAt < limits.seconds * 1000, "took too long");
      ok(Deno.memoryUsage().rss - memoryBefore < limits.extra_memory_mb * 2 ** 20, "took too much memory");
    });
  }

  beforeEach(() => {
    scratch = Deno.makeTempDirSync({ prefix: "eddy-malformed-" });
  });
  afterEach(() => Deno.removeSync(scratch, { recursive: true }));

  it("are refused by every door, and the next good model opens", async () => {
    const good = join(fixturesFolder, "models", "llama-tied");
    const before = kernelMemoryBytes(kernels);
    let refused = 0;
    for (const { path, kind } of files) {
      const place = kind === "model" || kind === "gguf" ? join(folder, path) : Deno.makeTempDirSync({ dir: scratch });
      if (kind === "safetensors" || kind === "tokenizer") {
        const names = readdirSync(good).filter((name) => /^(config|tokenizer.*|generation_config)\.json$/.test(name));
        for (const name of [...names, "model.safetensors"]) copyFileSync(join(good, name), join(place, name));
        copyFileSync(join(folder, path), join(place, kind === "tokenizer" ? "tokenizer.json" : "model.safetensors"));
      }
      for (const [name, door] of Object.entries(doors)) {
        if (name === "elsewhere" && kind !== "gguf") continue;
        // Weights are packed without a look at the tokenizer, which is loaded beside them.
        if (name === "packed" && kind === "tokenizer") continue;
        await rejects(async () => await door(place), (error) => {
          ok(error instanceof EddyError, `${path} through ${name}: ${error}`);
          match(error.message, /^Cannot .+: /);
          refused++;
          return true;
        }, `${path} through ${name}`);
      }
    }
    equal(refused, files.reduce((sum, { kind }) => sum + (kind === "tokenizer" ? 3 : kind === "gguf" ? 5 : 4), 0));
    using model = createLanguageModel(kernels, loadCheckpoint(good, kernels));
    ok([...model.speak(Uint32Array.of(1, 2, 3), { seed: 1, maximumTokens: 2 })].length > 0);
    ok(kernelMemoryBytes(kernels) - before < 16 * 2 ** 20);
  });
});
