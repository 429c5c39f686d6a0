// Runs wllama, one thread: deno run -A --location http://127.0.0.1/ wllama_program.ts NODE_MODULES MODEL.gguf
import { pathToFileURL } from "node:url";
import { CONTEXT, DECODED } from "./bench_model.ts";
import { serveWork } from "./serve_work.ts";

interface Wllama {
  loadModel(files: readonly Blob[], options: Readonly<Record<string, number>>): Promise<void>;
  createCompletion(options: Readonly<Record<string, unknown>>): Promise<{
    readonly timings: { readonly cache_n: number; readonly prompt_n: number; readonly predicted_n: number };
  }>;
}

const [modules, file] = Deno.args;
const folder = `${modules}/@wllama/wllama/esm`;

// Its worker takes Deno for Node by the global `process`.
const createUrl = URL.createObjectURL;
URL.createObjectURL = (blob) =>
  createUrl(new Blob(["delete globalThis.process;\n", blob], { type: "text/javascript" }));

const { Wllama } = await import(pathToFileURL(`${folder}/index.js`).href);
const binary = new Blob([await Deno.readFile(`${folder}/wasm/wllama.wasm`)], { type: "application/wasm" });
const quiet = { debug: ignore, log: ignore, warn: ignore, error: console.error };
const wllama: Wllama = new Wllama({ default: createUrl(binary) }, {
  ...{ logger: quiet, suppressNativeLog: true, noWebGPU: true, cacheManager: {} },
});
await wllama.loadModel([new Blob([await Deno.readFile(file)])], {
  ...{ n_ctx: 2 * CONTEXT, n_batch: CONTEXT, n_ubatch: CONTEXT, n_threads: 1, n_gpu_layers: 0, n_parallel: 1, seed: 1 },
});

let prompts = 0;
let prompt = "";
await read(64);
await decode();
await serveWork({ prefill: () => read(CONTEXT), decode });

/** Reads a new prompt. */
async function read(tokens: number): Promise<void> {
  prompt = letters(tokens, ++prompts);
  await complete(1, tokens);
}

/** The prompt is kept; its last token is read again, so eight tokens are eight passes. */
async function decode(): Promise<void> {
  await complete(DECODED, 1);
}

async function complete(decoded: number, read: number): Promise<void> {
  const greedy = { temperature: 0, top_k: 1, ignore_eos: true };
  const { timings } = await wllama.createCompletion({ prompt, max_tokens: decoded, ...greedy });
  const { prompt_n, predicted_n } = timings;
  if (Math.abs(prompt_n - read) > 2 || predicted_n !== decoded) {
    throw new Error(
      `Cannot measure wllama: it read ${prompt_n} tokens of ${read}, and made ${predicted_n} of ${decoded}`,
    );
  }
}

function letters(count: number, seed: number): string {
  const start = String.fromCharCode(97 + seed % 26);
  let text = start;
  for (let state = seed; text.length < count;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += String.fromCharCode(97 + (state >>> 16) % 26);
  }
  return text;
}

function ignore(): void {}
