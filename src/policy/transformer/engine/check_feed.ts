import type { FeedRequest, InferenceEngine } from "./inference_engine.ts";

/** Refuses a batch that cannot be read, before any of it is. */
export function checkFeed(
  engine: Pick<InferenceEngine, "vocabularySize" | "maximumPositions" | "length">,
  requests: readonly FeedRequest[],
): void {
  const refuse = (state: string): never => {
    throw new RangeError(`Cannot read tokens: ${state}`);
  };
  if (requests.length === 0) refuse("there are no requests");
  const seen = new Set<number>();
  for (const { slot, tokens } of requests) {
    if (seen.has(slot)) refuse(`slot ${slot} stands twice in the batch`);
    seen.add(slot);
    const length = engine.length(slot) + tokens.length;
    if (tokens.length === 0) refuse(`there are none for slot ${slot}`);
    if (length > engine.maximumPositions) {
      refuse(`slot ${slot} would have ${length}, at most ${engine.maximumPositions} fit`);
    }
    const unknown = tokens.find((token) => token >= engine.vocabularySize);
    if (unknown !== undefined) refuse(`${unknown} is none of ${engine.vocabularySize} tokens`);
  }
}

/** Refuses sequences that cannot be scored. */
export function checkSequences(
  engine: Pick<InferenceEngine, "vocabularySize" | "maximumPositions">,
  sequences: readonly Uint32Array[],
): void {
  for (const tokens of sequences) {
    if (tokens.length < 1 || tokens.length > engine.maximumPositions) {
      throw new RangeError(`Cannot score ${tokens.length} tokens: 1 to ${engine.maximumPositions} fit`);
    }
    const unknown = tokens.find((token) => token >= engine.vocabularySize);
    if (unknown !== undefined) {
      throw new RangeError(`Cannot score: ${unknown} is none of ${engine.vocabularySize} tokens`);
    }
  }
}
