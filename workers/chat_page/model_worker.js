// The model, off the page's thread. Messages in: load, ask, stop. Messages out: progress, loaded, token, finished, failed.
import { blobBytes, fetchedBytes, kernelMemoryBytes, loadKernels, loadLanguageModel } from "../language_model.ts";

let model, kernels, stopped = false, lost = false;

/** Messages are heard between two tokens; a timer would wait four milliseconds. */
const pause = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(0);
  });

async function load({ file, url, format }) {
  const began = performance.now();
  kernels ??= await loadKernels();
  const bytes = file ? blobBytes(file, file.name) : await fetchedBytes(url);
  // The old one goes first: both might not fit.
  model?.[Symbol.dispose]();
  model = undefined;
  const formats = { format, headFormat: format, cacheFormat: "q8", keptPrompts: 1 };
  let told = 0, choice;
  model = await loadLanguageModel(kernels, bytes, {
    ...formats,
    // Without shared memory a GPU cannot be waited for; one that was lost is not tried again.
    device: navigator.gpu && globalThis.crossOriginIsolated && !lost ? "auto" : "cpu",
    now: () => performance.now(),
    onDevice: (chosen) => choice = chosen,
    onProgress: (part) => {
      if (part < 1 && performance.now() - told < 50) return;
      told = performance.now();
      postMessage({ type: "progress", part });
    },
  });
  const { contextLength, hasChatTemplate, sampling } = model;
  const seconds = (performance.now() - began) / 1000;
  const build = kernels.instructionSet();
  const memory = kernelMemoryBytes(kernels);
  const { device, why } = choice;
  postMessage({ type: "loaded", device, why, contextLength, hasChatTemplate, sampling, seconds, memory, build });
}

async function ask({ messages, seed, temperature, maximumTokens }) {
  stopped = false;
  const began = performance.now();
  const prompt = model.hasChatTemplate
    ? model.prompt(messages, { now: new Date() })
    : model.tokenizer.encode(messages.at(-1).content);
  const sampling = { ...model.sampling, ...(temperature !== undefined && { temperature }) };
  const speech = model.speak(prompt, { ...sampling, seed, maximumTokens });
  const ids = [];
  let first;
  const figures = () => ({
    ids,
    promptTokens: prompt.length,
    memory: kernelMemoryBytes(kernels),
    firstSeconds: (first - began) / 1000,
    tokensPerSecond: ids.length > 1 ? (ids.length - 1) / ((performance.now() - first) / 1000) : undefined,
  });
  while (true) {
    const next = speech.next();
    first ??= performance.now();
    if (next.done) {
      const { reason, text } = next.value;
      return postMessage({ type: "finished", reason, text, ...figures() });
    }
    ids.push(next.value.id);
    const { ids: _, ...shown } = figures();
    postMessage({ type: "token", text: next.value.text, tokens: ids.length, ...shown });
    await pause();
    if (stopped) {
      speech.return({ reason: "end", text: "" });
      return postMessage({ type: "finished", reason: "stopped", text: "", ...figures() });
    }
  }
}

onmessage = async ({ data }) => {
  try {
    if (data.type === "load") await load(data);
    else if (data.type === "ask") await ask(data);
    else if (data.type === "stop") stopped = true;
  } catch (error) {
    lost ||= error?.code === "worker_failed";
    postMessage({ type: "failed", while: data.type, message: error?.message ?? String(error) });
  }
};
