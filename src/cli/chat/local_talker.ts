import { basename } from "node:path";
import { EddyError } from "../../errors.ts";
import { loadKernels } from "../../kernels/mod.ts";
import { createLanguageModel, type Device, loadCheckpoint, readLanguageModelOn } from "../../policy/mod.ts";
import type { ModelPlace, TalkerSurroundings } from "./load_talker.ts";
import type { Talker } from "./talker.ts";

/** A model of a Hugging Face folder or a GGUF file. @throws {EddyError} If it cannot be loaded, or is not one to talk with. */
export async function localTalker(
  place: ModelPlace,
  { now, milliseconds, note }: TalkerSurroundings,
): Promise<Talker> {
  const { path, adapter } = place;
  const device = adapterDevice(place);
  const kernels = await loadKernels();
  using parts = new DisposableStack();
  const { snapshot, packed, choice } = await readLanguageModelOn(kernels, path, {
    ...place,
    ...{ device, now: milliseconds },
    onLost: ({ message }) => note(`${message}; going on with the processor`),
  });
  if (place.device === "auto") note(`computing on '${choice.device}': ${choice.why}`);
  const base = parts.use(createLanguageModel(kernels, snapshot, { packed }));
  const model = adapter === undefined ? base : parts.use(base.adapt(loadCheckpoint(adapter)));
  const owned = parts.move();
  return {
    name: adapter === undefined ? basename(path) : `${basename(path)}:${basename(adapter)}`,
    async *answer(said, { seed, maximumTokens, ...sampling }, signal): AsyncGenerator<string, void, undefined> {
      const prompt = model.prompt(said.map((one) => ({ ...one })), { now: now() });
      const given = Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
      const speech = model.speak(prompt, { ...model.sampling, ...given, seed, maximumTokens });
      try {
        while (!signal.aborted) {
          const next = speech.next();
          if (next.value.text !== "") yield next.value.text;
          if (next.done) return;
          // Signals are heard between two tokens.
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      } finally {
        speech.return({ reason: "end", text: "" });
      }
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Adapters stand beside models on the processor. @throws {EddyError} `configuration_invalid` If it is to be a GPU. */
function adapterDevice({ adapter, device }: ModelPlace): Device | undefined {
  if (adapter === undefined || device !== "webgpu") return adapter === undefined ? device : "cpu";
  throw new EddyError(
    "configuration_invalid",
    "Cannot use '--adapter' with '--device webgpu': adapters stand beside models on the processor; merge it with 'eddy export --adapter', or use '--device cpu'",
  );
}
