// Runs onnxruntime-web's WASM, one thread: deno run -A onnxruntime_program.ts NODE_MODULES MODEL.onnx
import { pathToFileURL } from "node:url";
import { CONTEXT, DECODED, HEAD_DIMENSION } from "./bench_model.ts";
import { serveWork } from "./serve_work.ts";

type Tensors = Readonly<Record<string, Tensor>>;

interface Tensor {
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  readonly inputMetadata: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  run(feeds: Tensors): Promise<Tensors>;
}

const [modules, file] = Deno.args;
const folder = pathToFileURL(`${modules}/onnxruntime-web/dist/`).href;
const { env, InferenceSession, Tensor } = await import(`${folder}ort.wasm.min.mjs`);
env.wasm.numThreads = 1;
env.wasm.wasmPaths = folder;
const session: Session = await InferenceSession.create(await Deno.readFile(file), {
  ...{ executionProviders: ["wasm"], graphOptimizationLevel: "all" },
});
const caches = session.inputMetadata.filter(({ name }) => name.startsWith("past."));
const empty: Tensors = Object.fromEntries(caches.map(({ name, shape }) => [
  name,
  new Tensor("float32", new Float32Array(0), [1, shape[1], 0, HEAD_DIMENSION]),
]));

let kept = await pass(64, 0, empty);
await pass(1, 64, kept);
await serveWork({
  async prefill(): Promise<void> {
    kept = await pass(CONTEXT, 0, empty);
  },
  async decode(): Promise<void> {
    let cache = kept;
    for (let i = 0; i < DECODED; i++) cache = await pass(1, CONTEXT + i, cache);
  },
});

/** Reads some tokens behind what is kept. */
async function pass(tokens: number, past: number, cache: Tensors): Promise<Tensors> {
  const ids = BigInt64Array.from({ length: tokens }, (_, i) => BigInt((past + i) * 7919 % 49_152));
  const results = await session.run({
    input_ids: new Tensor("int64", ids, [1, tokens]),
    seqlens_k: new Tensor("int32", Int32Array.of(past + tokens - 1), [1]),
    total: new Tensor("int32", Int32Array.of(past + tokens), []),
    ...cache,
  });
  return Object.fromEntries(caches.map(({ name }) => [name, results[name.replace("past", "present")]]));
}
