import type { InferenceEngine } from "./inference_engine.ts";

/** How an engine is tried. */
export interface FasterEngineOptions {
  /** Milliseconds now: `performance.now`. */
  readonly now: () => number;
  /** Tokens of the prompt that is read. Default 64. */
  readonly prompt?: number;
  /** Tokens that are then read one by one. Default 8. */
  readonly steps?: number;
  /** Times that each engine is tried; the best counts, the first is not measured. Default 3. */
  readonly rounds?: number;
}

/** What a trial found. */
export interface EngineTrial {
  /** The fastest. */
  readonly engine: InferenceEngine;
  /** [engines] of the best round of each. */
  readonly milliseconds: readonly number[];
}

/** Runs the same prompt and steps on each engine and keeps the fastest; equals: the first. */
export async function fasterEngine(
  engines: readonly [InferenceEngine, ...InferenceEngine[]],
  { now, prompt = 64, steps = 8, rounds = 3 }: FasterEngineOptions,
): Promise<EngineTrial> {
  const milliseconds: number[] = [];
  for (const engine of engines) {
    let best = Infinity;
    for (let round = 0; round <= rounds; round++) {
      const slot = engine.open();
      const start = now();
      const length = Math.min(prompt, engine.maximumPositions - steps);
      await engine.feed([{ slot, tokens: Uint32Array.from({ length }, (_, at) => at % engine.vocabularySize) }]);
      for (let step = 0; step < steps; step++) await engine.feed([{ slot, tokens: Uint32Array.of(step) }]);
      if (round > 0) best = Math.min(best, now() - start);
      engine.close(slot);
    }
    milliseconds.push(best);
  }
  return { engine: engines[milliseconds.indexOf(Math.min(...milliseconds))], milliseconds };
}
