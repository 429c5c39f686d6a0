import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { edgeConformance } from "../edge/conformance.ts";
import { edgeVariables, listeningCentre } from "./edge_setting.ts";

const BUNDLER = fileURLToPath(new URL("../../workers/bundle_edge.ts", import.meta.url));
const MODULES = { "edge.js": "ESModule", "wasm_modules.js": "ESModule", "relaxed.wasm": "CompiledWasm" } as const;

/** Why workerd cannot run here; undefined when it can. */
async function obstacle(): Promise<string | undefined> {
  try {
    const miniflare = new Miniflare({ modules: true, script: "export default { fetch: () => new Response('up') };" });
    await miniflare.dispatchFetch("http://edge.test/").then((response) => response.text());
    await miniflare.dispose();
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = await obstacle();
const folder = await Deno.makeTempDir();

(reason ? describe.skip : describe)(`workers/edge_cloudflare.ts in workerd${reason ? ` (skipped: ${reason})` : ""}`, () => {
  it("is bundled", async () => {
    const { code } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", BUNDLER, folder] }).output();
    equal(code, 0);
    ok((await Deno.stat(`${folder}/edge.js`)).size > 100_000);
  });

  edgeConformance(async () => {
    const { centre, address, ...listening } = await listeningCentre();
    const kept = await Deno.makeTempDir();
    const start = (): Miniflare =>
      new Miniflare({
        compatibilityDate: "2026-01-01",
        compatibilityFlags: ["nodejs_compat"],
        modules: [...Object.entries(MODULES), ["simd128.wasm", "CompiledWasm"] as const].map(([path, type]) => ({
          type,
          path: `${folder}/${path}`,
        })),
        modulesRoot: folder,
        bindings: edgeVariables(address, "outbox"),
        durableObjects: { EDGE: { className: "EdgeObject", useSQLite: true } },
        durableObjectsPersist: kept,
      });
    let miniflare = start();
    return {
      centre,
      edge: {
        fetch: (path, init) =>
          miniflare.dispatchFetch(`http://edge.test${path}`, init as never) as unknown as Promise<Response>,
        async restart() {
          await miniflare.dispose();
          miniflare = start();
        },
        [Symbol.asyncDispose]: () => miniflare.dispose(),
      },
      async [Symbol.asyncDispose]() {
        await miniflare.dispose();
        await listening[Symbol.asyncDispose]();
        await Deno.remove(kept, { recursive: true });
      },
    };
  });

  it("is tidied up", async () => {
    await Deno.remove(folder, { recursive: true });
  });
});
