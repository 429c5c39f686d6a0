import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { edgeConformance } from "../edge/conformance.ts";
import { processSetting } from "./process_setting.ts";
import { type ServerProcess, startProcess } from "./start_process.ts";

const BUNDLER = new URL("../../workers/bundle_edge.ts", import.meta.url).href;
const WORKERD = new URL("./workerd_edge.ts", import.meta.url).href;
const bundle = await Deno.makeTempDir();
const bundling = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", BUNDLER, bundle] }).output();

async function startWorkerdEdge(folder: string, variables: Record<string, string>): Promise<ServerProcess> {
  return await startProcess({ words: ["--no-lock", WORKERD, bundle, folder], variables, ending: "close" });
}

/** Why workerd cannot be tried here; undefined when it can. A bundle that is wrong is no obstacle: that fails. */
async function obstacle(): Promise<string | undefined> {
  const complaint = new TextDecoder().decode(bundling.stderr);
  if (!bundling.success && /registry|download|dns|network/i.test(complaint)) return "the bundler cannot be fetched";
  if (!bundling.success) return undefined;
  try {
    const folder = await Deno.makeTempDir();
    await (await startWorkerdEdge(folder, {})).end();
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    const { message } = error as Error;
    if (message.includes("cannot run workerd")) return message;
    throw error;
  }
}

const reason = await obstacle();
const suite = reason ? describe.skip : describe;

suite(`workers/edge_cloudflare.ts in workerd${reason ? ` (skipped: ${reason})` : ""}`, () => {
  it("is bundled as a module of its own", async () => {
    equal(bundling.code, 0, new TextDecoder().decode(bundling.stderr));
    ok((await Deno.stat(`${bundle}/edge.js`)).size > 100_000);
  });

  edgeConformance(() => processSetting(startWorkerdEdge));

  it("leaves nothing behind", () => Deno.remove(bundle, { recursive: true }));
});
