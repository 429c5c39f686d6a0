/**
 * Serves a model's worker in workerd, in a process of its own, until its standard input ends. Argument: folder of the bundle.
 * Ends with code 3 and the reason where workerd cannot run.
 */
import { openMiniflare, type Workerd } from "./open_miniflare.ts";

const [bundle] = Deno.args;
const modules = [
  { type: "ESModule", path: `${bundle}/model_cloudflare.js` },
  { type: "ESModule", path: `${bundle}/eddy.js` },
  {
    type: "ESModule",
    path: `${bundle}/wasm_modules.js`,
    contents: Deno.readTextFileSync(`${bundle}/workerd_wasm_modules.js`),
  },
  { type: "CompiledWasm", path: `${bundle}/relaxed.wasm` },
  { type: "CompiledWasm", path: `${bundle}/simd128.wasm` },
] as const;
let miniflare: Workerd;
try {
  const options = { compatibilityDate: "2026-01-01", modules: [...modules], modulesRoot: bundle, cf: false };
  miniflare = await openMiniflare(options);
  console.log(`listening at ${(await miniflare.ready).href}`);
} catch (error) {
  console.log(`cannot run workerd: ${(error as Error).message}`);
  Deno.exit(3);
}
for await (const _ of Deno.stdin.readable);
await miniflare.dispose();
Deno.exit(0);
