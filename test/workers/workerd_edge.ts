/**
 * Serves a bundled edge in workerd, in a process of its own, until its standard input ends: miniflare keeps timers and ports
 * that a test could not close. Arguments: folder of the bundle, folder of the storage. Ends with code 3 and the reason where
 * workerd cannot run.
 */
import { openMiniflare, type Workerd } from "./open_miniflare.ts";

const [bundle, storage] = Deno.args;
const modules = [
  { type: "ESModule", path: `${bundle}/edge.js` },
  { type: "ESModule", path: `${bundle}/wasm_modules.js` },
  { type: "CompiledWasm", path: `${bundle}/relaxed.wasm` },
  { type: "CompiledWasm", path: `${bundle}/simd128.wasm` },
] as const;
const { EDDY_CONFIGURATION = "", EDDY_RECEIPT_SECRETS = "", EDDY_CENTRE_KEY = "" } = Deno.env.toObject();
let miniflare: Workerd;
try {
  miniflare = await openMiniflare({
    compatibilityDate: "2026-01-01",
    compatibilityFlags: ["nodejs_compat"],
    modules: [...modules],
    modulesRoot: bundle,
    bindings: { EDDY_CONFIGURATION, EDDY_RECEIPT_SECRETS, EDDY_CENTRE_KEY },
    durableObjects: { EDGE: { className: "EdgeObject", useSQLite: true } },
    durableObjectsPersist: storage,
    cf: false,
  });
  console.log(`listening at ${(await miniflare.ready).href}`);
} catch (error) {
  console.log(`cannot run workerd: ${(error as Error).message}`);
  Deno.exit(3);
}
for await (const _ of Deno.stdin.readable);
await miniflare.dispose();
Deno.exit(0);
