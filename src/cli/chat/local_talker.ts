import { basename } from "node:path";
import { EddyError } from "../../errors.ts";
import { type Kernels, loadKernels } from "../../kernels/mod.ts";
import {
  createLanguageModel,
  isLanguageModel,
  type LanguageModel,
  loadCheckpoint,
  loadPackedTransformer,
  openModelSource,
  type PackedAs,
  type PolicySnapshot,
  refuseAdapter,
  withChatTemplate,
} from "../../policy/mod.ts";
import type { ModelPlace } from "./load_talker.ts";
import type { Talker } from "./talker.ts";

/** A model of a Hugging Face folder or a GGUF file. @throws {EddyError} If it cannot be loaded, or is not one to talk with. */
export async function localTalker(
  place: ModelPlace,
  now: () => Date,
): Promise<Talker> {
  const { path, adapter } = place;
  const kernels = await loadKernels();
  using parts = new DisposableStack();
  const base = parts.use(openModel(kernels, place));
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

function openModel(kernels: Kernels, { path, chatTemplate, weights }: ModelPlace): LanguageModel {
  const formats = weights === undefined ? packedAs(kernels, path) : weights === "f32" ? undefined : { format: weights };
  const packed = formats && loadPackedTransformer(kernels, path, formats);
  let snapshot: PolicySnapshot;
  try {
    snapshot = packed
      ? { kind: "transformer", version: 0, tensors: new Map(), files: packed.files }
      : loadCheckpoint(path, kernels);
    refuseAdapter(snapshot, path);
    if (!isLanguageModel(snapshot)) {
      throw new EddyError(
        "model_unsupported",
        `Cannot talk with '${path}': it is an agent of Eddy's, which acts in a world; 'eddy serve ${path}' serves it`,
      );
    }
    snapshot = withChatTemplate(snapshot, chatTemplate);
  } catch (error) {
    packed?.model.free();
    throw error;
  }
  return createLanguageModel(kernels, snapshot, { packed: packed?.model });
}

/** The formats of a file that 'eddy import' packed: it stays so. */
function packedAs(kernels: Kernels, path: string): PackedAs | undefined {
  if (!path.endsWith(".gguf")) return undefined;
  using source = openModelSource(kernels, path);
  return source.packed;
}
