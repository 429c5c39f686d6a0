import { describe, it } from "@std/testing/bdd";
import { equal, ok } from "node:assert/strict";
import { edgeConformance } from "../edge/conformance.ts";
import { processSetting } from "./process_setting.ts";
import { type ServerProcess, startProcess } from "./start_process.ts";

const BUNDLER = new URL("../../workers/bundle_edge.ts", import.meta.url).href;
const WORKERD = new URL("./workerd_edge.ts", import.meta.url).href;
const bundle = await Deno.makeTempDir();
const { code } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", BUNDLER, bundle] }).output();

async function startWorkerdEdge(folder: string, variables: Record<string, string>): Promise<ServerProcess> {
  return await startProcess({ words: [WORKERD, bundle, folder], variables, ending: "close" });
}

/** Why workerd cannot run here; undefined when it can. */
async function obstacle(): Promise<string | undefined> {
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
    equal(code, 0);
    ok((await Deno.stat(`${bundle}/edge.js`)).size > 100_000);
  });

  edgeConformance(() => processSetting(startWorkerdEdge));

  it("leaves nothing behind", () => Deno.remove(bundle, { recursive: true }));
});
