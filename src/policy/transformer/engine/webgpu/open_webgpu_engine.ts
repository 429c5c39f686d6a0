import { modelTensors } from "../../../checkpoint/mod.ts";
import { checkFeed, checkSequences } from "../check_feed.ts";
import type { InferenceEngine } from "../inference_engine.ts";
import { DeviceModel, type DeviceModelOptions } from "./_device_model.ts";
import { encodeNumbers } from "./_encode_piece.ts";

/** Reads one tensor of the model by the names of `modelTensors`. */
export type ReadTensor = (name: string) => Float32Array;

/** What {@link openWebGpuEngine} needs. */
export interface WebGpuEngineOptions extends DeviceModelOptions {
  /** Gives each tensor once, by the names of `modelTensors`. */
  readonly read: ReadTensor;
}

/**
 * Runs a language model on a GPU, or on a software adapter: all architectures of `readModelConfig`, f32 arithmetic.
 * Matrices are kept in float32, float16, or in the packed formats, which shaders take out of their blocks as they
 * multiply: 4.5 bits a weight (`e4`) or 8.5 (`e7`, `q8`).
 *
 * A pass is one submission, results are read once a call: on Deno every wait for the device costs about 11 ms, so a GPU
 * pays for long prompts, many sequences and large models. `fasterEngine` measures whether it does.
 *
 * A row's numbers do not depend on the rows that are read with it: reading a text at once or token by token gives equal
 * bits.
 *
 * @throws {EddyError} `model_unsupported` If the model has sizes that are no multiples of 4 or a head that is too large, or
 * does not fit the device's limits; `weights_not_finite` If a weight is not finite, or too large for its format.
 *
 * @example
 * ```ts
 * import { initializeTransformer, loadKernels, openWebGpuEngine } from "@eddy/eddy";
 * const adapter = await navigator.gpu?.requestAdapter();
 * if (adapter) {
 *   const { model, config } = initializeTransformer(await loadKernels(), { vocabularySize: 300 }, 7);
 *   const device = await adapter.requestDevice();
 *   using engine = openWebGpuEngine({ device, config, read: (name) => model.readTensor(name), format: "q8" });
 *   const slot = engine.open();
 *   console.log((await engine.feed([{ slot, tokens: Uint32Array.of(1, 2, 3) }])).length); // 300
 * }
 * ```
 */
export function openWebGpuEngine({ read, ...options }: WebGpuEngineOptions): InferenceEngine {
  const model = new DeviceModel(options);
  try {
    for (const name of modelTensors(options.config).keys()) {
      model.write(encodeNumbers(options.config, name, read(name), options));
    }
  } catch (error) {
    model[Symbol.dispose]();
    throw error;
  }
  const { vocabularySize, maximumPositions } = model;
  const length = (slot: number): number => model.length(slot);
  // Calls run one after the other: they share the device's memory.
  let last: Promise<unknown> = model.ready();
  last.catch(() => {});
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => {
      model.check();
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };
  return {
    backend: "webgpu",
    vocabularySize,
    maximumPositions,
    open: () => model.open(),
    close: (slot) => model.close(slot),
    length,
    truncate: (slot, to) => model.truncate(slot, to),
    feed: (requests) =>
      inTurn(async () => {
        checkFeed({ vocabularySize, maximumPositions, length }, requests);
        model.feed(requests.map((each) => ({ ...each, keep: 1 })));
        const logits = new Float32Array(requests.length * vocabularySize);
        await model.readRows("last", undefined, logits, new Float32Array());
        return logits;
      }),
    score: (sequences) =>
      inTurn(() => {
        checkSequences({ vocabularySize, maximumPositions }, sequences);
        return model.score(sequences);
      }),
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };
}
