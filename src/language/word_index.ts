/** Constants of BM25. */
export interface WordIndexOptions {
  /** How fast a repeated word stops counting. Default 1.2. */
  readonly k1?: number;
  /** How much longer documents are discounted, from 0 to 1. Default 0.75. */
  readonly b?: number;
  /** Words in more than this share of the documents are not read. Default 1: all are. */
  readonly maximumShare?: number;
}

/** A document that was found. */
export interface WordMatch {
  /** Its place in the list. */
  readonly index: number;
  /** Above 0. */
  readonly score: number;
}

/** Finds documents by their words. */
export interface WordIndex {
  /** The best `count` documents that share a word with the question, best first; of equal ones the earlier. */
  search(question: readonly string[], count: number): WordMatch[];
}

/**
 * An inverted index of documents, searched with Okapi BM25.
 *
 * ```text
 * score(q, d) = Σ_{w in q} idf(w) · f(w, d)·(k1 + 1) / ( f(w, d) + k1·(1 − b + b·|d| / mean |d|) )
 * idf(w) = ln( 1 + (N − n(w) + ½) / (n(w) + ½) )
 * ```
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `f(w, d)` | 1 | times | the word w stands in document d |
 * | `n(w)`, `N` | 1 | documents | with the word; all |
 * | `\|d\|` | `[documents]` | words | all of it, those that are not read included |
 *
 * @param documents [documents][words] lower-cased or not, as the questions are; see {@linkcode searchWords}.
 * @throws {RangeError} If a constant is out of its range, or `count` is no whole number of at least 1.
 * @see Robertson & Zaragoza (2009), "The probabilistic relevance framework: BM25 and beyond", equation 3.15; the logarithm
 * has one added, so that frequent words do not count against a document.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { wordIndex } from "@eddy/eddy";
 * const index = wordIndex([["send", "mail"], ["read", "mail"], ["buy", "bread"]]);
 * deepEqual(index.search(["read", "my", "mail"], 5).map((match) => match.index), [1, 0]);
 * ```
 */
export function wordIndex(documents: readonly (readonly string[])[], options: WordIndexOptions = {}): WordIndex {
  const { k1 = 1.2, b = 0.75, maximumShare = 1 } = options;
  if (!(k1 >= 0 && b >= 0 && b <= 1)) throw new RangeError(`Cannot index words with k1 = ${k1}, b = ${b}`);
  if (!(maximumShare > 0 && maximumShare <= 1)) {
    throw new RangeError(`Cannot index words of a share of ${maximumShare}`);
  }
  const all = documents.length;
  const mean = documents.reduce((sum, words) => sum + words.length, 0) / Math.max(1, all);
  /** word → its documents and how often it stands there, one after the other. */
  const places = new Map<string, number[]>();
  for (const [index, words] of documents.entries()) {
    for (const word of words) {
      let list = places.get(word);
      if (list === undefined) places.set(word, list = []);
      if (list.length > 0 && list[list.length - 2] === index) list[list.length - 1]++;
      else list.push(index, 1);
    }
  }
  const scores = new Float64Array(all);
  return {
    search(question, count): WordMatch[] {
      if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`Cannot search for ${count} documents`);
      const touched = new Set<number>();
      for (const word of question) {
        const list = places.get(word);
        if (list === undefined || list.length / 2 > maximumShare * all) continue;
        const rarity = Math.log(1 + (all - list.length / 2 + 0.5) / (list.length / 2 + 0.5));
        for (let i = 0; i < list.length; i += 2) {
          const [index, times] = [list[i], list[i + 1]];
          const length = 1 - b + b * documents[index].length / mean;
          scores[index] += rarity * times * (k1 + 1) / (times + k1 * length);
          touched.add(index);
        }
      }
      const found = [...touched].map((index): WordMatch => ({ index, score: scores[index] }));
      for (const { index } of found) scores[index] = 0;
      return found.sort((x, y) => y.score - x.score || x.index - y.index).slice(0, count);
    },
  };
}
