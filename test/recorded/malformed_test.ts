import { describe, it } from "@std/testing/bdd";
import { equal, match, ok, throws } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixturesFolder } from "../fixtures.ts";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadTokenizer } from "../../src/language/mod.ts";
import { loadCheckpoint, openSafetensors } from "../../src/policy/checkpoint/mod.ts";

const kernels = await loadKernels();
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
});
