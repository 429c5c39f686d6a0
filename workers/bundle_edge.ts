/**
 * Makes a folder that workerd serves as an edge: `deno run -A workers/bundle_edge.ts FOLDER` (default `runs/edge`).
 *
 * It holds `edge.js` (the module worker, with the Durable Object class `EdgeObject`), `wasm_modules.js`, and both builds of
 * the kernels, which workerd imports as compiled modules. It needs the compatibility flag `nodejs_compat`.
 *
 * @module
 */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** What workerd has in another form, or not at all. */
const EXTERNAL = ["./wasm_modules.js", "./grammar_module.js", "../src/edge/sqlite_outbox_storage.ts", "node:*"];

/** Instead of source-phase imports, which are Deno's. */
const WASM_MODULES = `import relaxed from "./relaxed.wasm";
import simd128 from "./simd128.wasm";
export { relaxed, simd128 };
`;

const folder = Deno.args[0] ?? "runs/edge";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
await mkdir(folder, { recursive: true });
for (const build of ["relaxed", "simd128"]) {
  await copyFile(here(`../wasm/${build}/kernels_bg.wasm`), `${folder}/${build}.wasm`);
}
await writeFile(`${folder}/wasm_modules.js`, WASM_MODULES);
const external = EXTERNAL.flatMap((name) => ["--external", name]);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--platform",
    "browser",
    ...external,
    "--output",
    `${folder}/edge.js`,
    here("./edge_cloudflare.ts"),
  ],
  cwd: here(".."),
}).spawn().status;
Deno.exit(code);
