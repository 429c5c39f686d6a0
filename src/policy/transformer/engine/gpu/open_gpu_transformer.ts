import { EddyError } from "../../../../errors.ts";
import type { Kernels } from "../../../../kernels/mod.ts";
import { type ModelConfig, type ModelPiece, modelTensors } from "../../../checkpoint/mod.ts";
import { checkFeed } from "../check_feed.ts";
import { encodePiece } from "../webgpu/_encode_piece.ts";
import { type DeviceFormats, weightBytes } from "../webgpu/_weights.ts";
import { startGpuThread } from "./_gpu_thread_handle.ts";
import { gpuSlots } from "./_gpu_slots.ts";
import type { GpuTransformerModel } from "./gpu_transformer.ts";

/** How a model is put on a GPU. */
export interface GpuTransformerOptions extends DeviceFormats {
  /** Longest wait for the GPU; then it counts as lost. Milliseconds, default 60,000. */
  readonly deadlineMs?: number;
}

/** Logits that travel at once. */
const TRAVELLING = 1 << 22;

/**
 * Puts a model on the GPU that WebGPU prefers, in a thread of its own, piece after piece: no weight is in this thread's
 * memory longer than it takes to encode it.
 *
 * @param pieces Every tensor of the model, as a model source gives them.
 * @throws {EddyError} `model_unsupported` If there is no GPU, it has no room for the model, or threads cannot share memory
 * here; `weights_not_finite` If a weight is not finite, or too large for its format; `worker_failed` If the GPU is lost.
 */
export async function openGpuTransformer(
  kernels: Kernels,
  config: ModelConfig,
  pieces: Iterable<ModelPiece> | AsyncIterable<ModelPiece>,
  { deadlineMs = 60_000, ...formats }: GpuTransformerOptions = {},
): Promise<GpuTransformerModel> {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new EddyError(
      "model_unsupported",
      "Cannot run the model on a GPU: this page shares no memory with threads; serve it with " +
        "'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp'",
    );
  }
  const thread = startGpuThread(deadlineMs);
  try {
    const opened = await thread.ask({ kind: "open", config, formats, deadlineMs });
    if (opened.kind !== "opened") throw new TypeError("Cannot open the GPU: it answers something else");
    for await (const each of pieces) {
      const piece = encodePiece(kernels, config, each, formats);
      await thread.ask({ kind: "write", piece }, [piece.bytes.buffer]);
    }
    await thread.ask({ kind: "ready" });
    return gpuTransformer(kernels, { ...config, maximumPositions: opened.maximumPositions }, {
      ...{ thread, device: opened.device, bytes: weightBytes(config, formats) },
    });
  } catch (error) {
    thread.end();
    throw error;
  }
}

function gpuTransformer(
  kernels: Kernels,
  { vocabularySize, maximumPositions, hiddenSize, ...config }: ModelConfig,
  { thread, device, bytes }: {
    readonly thread: ReturnType<typeof startGpuThread>;
    readonly device: string;
    readonly bytes: number;
  },
): GpuTransformerModel {
  const shapes = modelTensors({ vocabularySize, maximumPositions, hiddenSize, ...config });
  const parameterCount = [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0) +
    hiddenSize + 1;
  const slots = gpuSlots(thread);
  const length = (slot: number): number => slots.tokens(slot).length;
  /** What the last feed kept, once it was read; rows of the last forward. */
  let kept = 0, evaluated = 0;
  let last: { readonly logits: Float32Array; readonly values: Float32Array } | undefined;

  function readLast(): { readonly logits: Float32Array; readonly values: Float32Array } {
    if (last) return last;
    const numbers = thread.read({ from: "last", logits: kept * vocabularySize, values: kept });
    last = { logits: numbers.subarray(0, kept * vocabularySize), values: numbers.subarray(kept * vocabularySize) };
    return last;
  }

  function* rowBlocks(rows: Uint32Array): Generator<{ readonly first: number; readonly logits: Float32Array }> {
    const wrong = rows.find((row) => row >= evaluated);
    if (wrong !== undefined) throw new RangeError(`Cannot read row ${wrong}: it is not among ${evaluated}`);
    const step = Math.max(1, Math.floor(TRAVELLING / vocabularySize));
    for (let first = 0; first < rows.length; first += step) {
      const own = rows.slice(first, first + step);
      yield {
        first,
        logits: thread.read({ from: "evaluated", rows: own, logits: own.length * vocabularySize, values: 0 }),
      };
    }
  }

  const model: GpuTransformerModel = {
    device,
    maximumPositions,
    parameterCount,
    weightBytes: bytes,
    tensorShape(name): Uint32Array {
      const shape = shapes.get(name);
      if (shape === undefined) throw new RangeError(`Cannot read a shape: there is no tensor '${name}'`);
      return Uint32Array.from(shape);
    },
    openSlot: () => slots.open(),
    copySlot: (slot, to) => slots.copy(slot, to),
    closeSlot: (slot) => slots.close(slot),
    slotLength: length,
    slotTokens: (slot) => Uint32Array.from(slots.tokens(slot)),
    truncateSlot: (slot, to) => slots.truncate(slot, to),

    feed(fed, counts, tokens, keep): void {
      let at = 0;
      const requests = Array.from(fed, (slot, i) => ({
        slot,
        tokens: tokens.slice(at, at += counts[i]),
        keep: keep?.[i] ?? 1,
      }));
      checkFeed({ vocabularySize, maximumPositions, length }, requests);
      if (at !== tokens.length || requests.some((each) => !(each.keep >= 1 && each.keep <= each.tokens.length))) {
        throw new RangeError("Cannot read tokens: counts, rows to keep and tokens do not fit");
      }
      last = undefined;
      kept = requests.reduce((sum, each) => sum + each.keep, 0);
      thread.tell({ name: "feed", requests });
      for (const { slot, tokens } of requests) slots.push(slot, tokens);
    },
    lastLogits: () => readLast().logits,
    lastValues: () => readLast().values,
    sampleLast: (maskIndex, masks, temperature, topK, topP, minP, seeds, streams, counters, raw) =>
      kernels.sampleRows(
        ...[readLast().logits, vocabularySize, maskIndex, masks, temperature, topK, topP, minP] as const,
        ...[seeds, streams, counters, raw] as const,
      ),

    forward(tokens, lengths): void {
      let at = 0;
      const sequences = Array.from(lengths, (count) => tokens.slice(at, at += count));
      for (const each of sequences) {
        checkFeed({ vocabularySize, maximumPositions, length: () => 0 }, [{ slot: 0, tokens: each }]);
      }
      evaluated = tokens.length;
      thread.tell({ name: "forward", sequences });
    },
    logitsAt(rows): Float32Array {
      const all = new Float32Array(rows.length * vocabularySize);
      for (const { first, logits } of rowBlocks(rows)) all.set(logits, first * vocabularySize);
      return all;
    },
    valuesAt: (rows) =>
      rows.length === 0
        ? new Float32Array()
        : thread.read({ from: "evaluated", rows: rows.slice(), logits: 0, values: rows.length }),
    score(rows, targets, maskIndex, masks, temperature): ReturnType<GpuTransformerModel["score"]> {
      const logProbs = new Float32Array(rows.length), entropies = new Float32Array(rows.length);
      for (const { first, logits } of rowBlocks(rows)) {
        const end = first + logits.length / vocabularySize;
        const own = [targets.subarray(first, end), maskIndex.subarray(first, end)] as const;
        using scored = kernels.scoreRows(logits, vocabularySize, ...own, masks, temperature);
        logProbs.set(scored.logProbs, first);
        entropies.set(scored.entropies, first);
      }
      return { logProbs, entropies, free: () => {}, [Symbol.dispose]: () => {} };
    },

    lastLogitsUnder: () => readLast().logits,

    adaptSlot: (_, adapter) => refuseAdapter(adapter),
    learnAdapter: refuseAdapter,
    addAdapter: refuseAdapters,
    readAdapter: refuseAdapters,
    removeAdapter: refuseAdapters,
    writeAdapter: refuseAdapters,
    adapterAdamw: refuseToLearn,
    adapterUpdates: refuseToLearn,
    backward: refuseToLearn,
    readAdapterGradients: refuseToLearn,
    readAdapterMoments: refuseToLearn,
    writeAdapterGradients: refuseToLearn,
    writeAdapterMoments: refuseToLearn,
    free: () => thread.end(),
    [Symbol.dispose]: () => thread.end(),
  };
  return model;
}

function refuseAdapter(adapter?: number | null): void {
  if (adapter !== undefined && adapter !== null) refuseAdapters();
}

function refuseAdapters(): never {
  throw new EddyError(
    "model_unsupported",
    "Cannot put an adapter beside a model on a GPU: merge it ('eddy export --adapter'), or use 'cpu'",
  );
}

function refuseToLearn(): never {
  throw new EddyError(
    "configuration_invalid",
    "Cannot change or save the policy: it is in the memory of a GPU; load the checkpoint with loadTransformerPolicy to train it",
  );
}
