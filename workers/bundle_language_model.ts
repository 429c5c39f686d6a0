/**
 * Makes a folder that any server of files can give to browsers: `deno run -A workers/bundle_language_model.ts FOLDER`
 * (default `runs/chat`). Its `index.html` is a page that talks with a GGUF file. With a port behind the folder it is served
 * on this machine: `deno run -A workers/bundle_language_model.ts runs/chat 8080`.
 *
 * `eddy.js` is all of `workers/language_model.ts` in one module; `wasm_modules.js` beside it gives it the kernels. workerd
 * runs the same `eddy.js`, for example from `model_cloudflare.js`, with `workerd_wasm_modules.js` in the place of
 * `wasm_modules.js`. `gpu_thread.js` runs a model on a GPU: where the page has one, may share memory with threads
 * (`Cross-Origin-Opener-Policy: same-origin`, `Cross-Origin-Embedder-Policy: require-corp`), and measures it faster.
 *
 * @module
 */
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Browsers compile what they can; a build that they refuse is not asked for. */
const BROWSER_MODULES = `const compile = (name) =>
  WebAssembly.compileStreaming(fetch(new URL(name, import.meta.url))).catch(() => undefined);
const [relaxed, simd128] = await Promise.all([compile("./relaxed.wasm"), compile("./simd128.wasm")]);
export { relaxed, simd128 };
`;

const WORKERD_MODULES = `import relaxed from "./relaxed.wasm";
import simd128 from "./simd128.wasm";
export { relaxed, simd128 };
`;

/** The thread of a GPU; a page that shares memory with threads starts it. */
const GPU_THREAD = "../src/policy/transformer/engine/gpu/gpu_thread.ts";

/** Of what reads files nothing is left in the bundle but the imports. */
const NODE_IMPORTS = /^import (\{[^}]*\} from )?"node:[a-z_/]+";\n/gm;

const folder = Deno.args[0] ?? "runs/chat";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
await mkdir(folder, { recursive: true });
for (const build of ["relaxed", "simd128"]) {
  await copyFile(here(`../wasm/${build}/kernels_bg.wasm`), `${folder}/${build}.wasm`);
}
for (const path of ["chat_page/model_worker.js", "model_cloudflare.js"]) {
  const worker = await readFile(here(path), "utf8");
  const name = path.slice(path.lastIndexOf("/") + 1);
  await writeFile(`${folder}/${name}`, worker.replace(/"\.\.?\/language_model\.ts"/, `"./eddy.js"`));
}
for (const name of ["index.html", "chat.css", "chat.js"]) {
  await copyFile(here(`./chat_page/${name}`), `${folder}/${name}`);
}
for (const name of ["palette.css", "icon.svg"]) {
  await copyFile(here(`../src/dashboard/page/${name}`), `${folder}/${name}`);
}
await writeFile(`${folder}/wasm_modules.js`, BROWSER_MODULES);
await writeFile(`${folder}/workerd_wasm_modules.js`, WORKERD_MODULES);
const external = ["./wasm_modules.js", "./grammar_module.js", "node:*"].flatMap((name) => ["--external", name]);
for (const [name, source] of [["eddy", "./language_model.ts"], ["gpu_thread", GPU_THREAD]] as const) {
  const file = `${folder}/${name}.js`;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", ...external, "--output", file, here(source)],
    cwd: here(".."),
  }).spawn().status;
  if (code !== 0) Deno.exit(code);
  const text = (await readFile(file, "utf8")).replace(NODE_IMPORTS, "");
  await writeFile(file, text.replaceAll(`"./gpu_thread.ts"`, `"./gpu_thread.js"`));
}
const port = Deno.args[1];
if (port === undefined) Deno.exit(0);

/** With these, browsers let a page share memory with its threads, which a GPU needs. */
const SHARING = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};
const names = new Set(await readdir(folder));
Deno.serve({ hostname: "127.0.0.1", port: Number(port) }, async (request) => {
  const name = new URL(request.url).pathname.slice(1) || "index.html";
  if (!names.has(name)) return new Response("there is no such file", { status: 404 });
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return new Response(await readFile(`${folder}/${name}`), { headers: { "content-type": type, ...SHARING } });
});
