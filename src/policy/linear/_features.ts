import type { Kernels } from "../../kernels/mod.ts";
import type { LinearPolicyOptions } from "./options.ts";

/** Feature ids of the candidates of one decision: row i is `ids[offsets[i]..offsets[i + 1]]`, identity first. */
export interface CandidateFeatures {
  readonly ids: Uint32Array;
  readonly offsets: Uint32Array;
}

/** Texts that are kept; an environment shows the same panels and lists the same actions again and again. */
const CAPACITY = 4096;

/** Turns texts into feature ids, each text once. */
export class FeatureCache {
  readonly #texts = new Map<string, Uint32Array>();
  readonly #sets = new Map<string, CandidateFeatures>();
  /** The same lists again: a service's candidates are one array for all requests. */
  readonly #lists = new WeakMap<readonly string[], CandidateFeatures>();

  constructor(
    private readonly kernels: Kernels,
    private readonly options: Required<Pick<LinearPolicyOptions, "words" | "bigrams" | "characters">>,
  ) {}

  /** Sorted, distinct feature ids. */
  text(text: string): Uint32Array {
    return remembered(this.#texts, text, () => {
      const { words, bigrams, characters } = this.options;
      const [shortest, longest] = characters === false ? [0, 0] : characters;
      return this.kernels.textFeatures(text, words, bigrams, shortest, longest);
    });
  }

  candidates(texts: readonly string[]): CandidateFeatures {
    const known = this.#lists.get(texts);
    if (known) return known;
    const features = remembered(this.#sets, JSON.stringify(texts), () => {
      const rows = texts.map((text) => [this.kernels.textIdentity(text), ...this.text(text)]);
      const offsets = new Uint32Array(rows.length + 1);
      rows.forEach((row, i) => offsets[i + 1] = offsets[i] + row.length);
      return { ids: Uint32Array.from(rows.flat()), offsets };
    });
    if (Object.isFrozen(texts)) this.#lists.set(texts, features);
    return features;
  }
}

/** Looks up, or makes and keeps; forgets everything when full, which changes time but no result. */
function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= CAPACITY) map.clear();
  const made = make();
  map.set(key, made);
  return made;
}
