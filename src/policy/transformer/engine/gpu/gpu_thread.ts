/**
 * The thread behind {@linkcode import("./open_gpu_transformer.ts").openGpuTransformer}: one model in the memory of a GPU.
 *
 * Results of a GPU come with promises, and acting waits for none: this thread does the waiting, and the one that acts
 * stands still meanwhile, as it does when it computes by itself.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { EddyError } from "../../../../errors.ts";
import { DeviceModel } from "../webgpu/_device_model.ts";
import { DONE, FAILED, failureOf, type FromGpu, type GpuDeed, type GpuReading, type ToGpu } from "./messages.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const send = (message: FromGpu): void => scope.postMessage(message);
/** Numbers of the near side's slots. */
const slots = new Map<number, number>();
let model: DeviceModel | undefined;
/** What failed since the last reading. */
let failure: unknown;
/** One message after the other. */
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<ToGpu>): void => {
  last = last.then(() => hear(data));
};

async function hear(message: ToGpu): Promise<void> {
  if (message.kind === "read") return await answer(message);
  if (message.kind === "do") {
    try {
      act(model!, message.what);
    } catch (error) {
      failure ??= error;
    }
    return;
  }
  try {
    if (message.kind === "open") send(await open(message));
    else {
      if (message.kind === "write") model!.write(message.piece);
      else await model!.ready();
      send({ kind: "done" });
    }
  } catch (error) {
    send({ kind: "failed", failure: failureOf(error) });
  }
}

async function open({ config, formats, deadlineMs }: Extract<ToGpu, { kind: "open" }>): Promise<FromGpu> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new EddyError(
      "model_unsupported",
      "Cannot run the model on a GPU: there is none that WebGPU knows; use 'cpu'",
    );
  }
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage },
  });
  model = new DeviceModel({ device, config, deadlineMs, ...formats });
  const { description, vendor, architecture } = adapter.info;
  const name = description || [vendor, architecture].filter((word) => word !== "").join(" ") || "a GPU";
  return { kind: "opened", device: name, maximumPositions: model.maximumPositions };
}

function act(model: DeviceModel, deed: GpuDeed): void {
  if (deed.name === "forward") return model.forward(deed.sequences);
  if (deed.name === "feed") {
    return model.feed(deed.requests.map((each) => ({ ...each, slot: slots.get(each.slot)! })));
  }
  const { slot } = deed;
  if (deed.name === "open") slots.set(slot, model.open());
  else if (deed.name === "copy") slots.set(slot, model.copy(slots.get(deed.from)!, deed.length));
  else if (deed.name === "truncate") model.truncate(slots.get(slot)!, deed.length);
  else {
    model.close(slots.get(slot)!);
    slots.delete(slot);
  }
}

async function answer({ from, rows, logits, values, out, state }: GpuReading): Promise<void> {
  const words = new Int32Array(state, 0, 2);
  let said = DONE;
  try {
    if (failure !== undefined) throw failure;
    const numbers = new Float32Array(out);
    await model!.readRows(from, rows, numbers.subarray(0, logits), numbers.subarray(logits, logits + values));
  } catch (error) {
    failure = undefined;
    said = FAILED;
    const { message, ...rest } = failureOf(error);
    const text = new TextEncoder().encode(JSON.stringify({ ...rest, message: message.slice(0, 500) }));
    new Uint8Array(state, 8).set(text);
    words[1] = text.length;
  }
  Atomics.store(words, 0, said);
  Atomics.notify(words, 0);
}
