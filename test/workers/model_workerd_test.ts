import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { loadKernels } from "../../src/kernels/mod.ts";
import { blobBytes, loadLanguageModel, openModelSource, writeGguf } from "../../src/policy/mod.ts";
import { tinyChatGguf } from "../policy/tiny_chat_gguf.ts";
import { bundlePage } from "./_bundle_page.ts";
import { type ServerProcess, startProcess } from "./start_process.ts";

const WORKERD = new URL("./workerd_model.ts", import.meta.url).href;
const folder = await Deno.makeTempDir();

const start = (): Promise<ServerProcess> =>
  startProcess({ words: ["--no-lock", WORKERD, folder], variables: {}, ending: "close" });

/** Why workerd cannot be tried here; undefined when it can. */
async function obstacle(): Promise<string | undefined> {
  const missing = await bundlePage(folder);
  if (missing) return missing;
  try {
    await (await start()).end();
  } catch (error) {
    const { message } = error as Error;
    if (message.includes("cannot run workerd")) return message;
    throw error;
  }
}

const reason = await obstacle();

describe(`a language model in workerd${reason ? ` (skipped: ${reason})` : ""}`, () => {
  (reason ? it.skip : it)("answers as Deno does, from the bundle of the page and without Node's modules", async () => {
    const kernels = await loadKernels();
    const formats = { format: "e4", headFormat: "e4", cacheFormat: "q8" } as const;
    const server = await start();
    const plain = tinyChatGguf(kernels, 5);
    for (const gguf of [plain, await packed(plain)]) {
      using model = await loadLanguageModel(kernels, blobBytes(gguf.buffer, "gguf"), formats);
      const prompt = model.prompt([{ role: "user", content: "hello" }]);
      const here = [...model.speak(prompt, { seed: 3, temperature: 0, maximumTokens: 40 })].map(({ id }) => id);
      const response = await fetch(server.address, { method: "POST", body: gguf });
      const text = await response.text();
      ok(response.ok, text);
      const { ids, memory } = JSON.parse(text) as { readonly ids: readonly number[]; readonly memory: number };
      deepEqual(ids, here);
      ok(ids.length > 5);
      ok(memory < 128 * 2 ** 20, `${memory}`);
    }
    await server.end();

    /** The file that `eddy import` makes of it. */
    async function packed(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
      await Deno.writeFile(`${folder}/plain.gguf`, bytes);
      using source = openModelSource(kernels, `${folder}/plain.gguf`);
      writeGguf(kernels, source, `${folder}/packed.gguf`, { layers: "e4" });
      return await Deno.readFile(`${folder}/packed.gguf`);
    }
  });

  it("leaves nothing behind", () => Deno.remove(folder, { recursive: true }));
});
