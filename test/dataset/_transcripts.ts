import fc from "fast-check";
import type { Transcript } from "../../src/episode/mod.ts";

/** An episode of bare actions. */
export function told(task: number, total: number, ...actions: string[]): Transcript {
  const steps = actions.map((action) => ({ turns: [{ role: "user" as const, text: "now?" }], action }));
  return { task, success: total > 0, total, steps };
}

/** Episodes of few tasks and few actions, so that they often have something in common. */
export const transcripts: fc.Arbitrary<Transcript[]> = fc.array(
  fc.tuple(fc.nat(2), fc.integer({ min: -2, max: 2 }), fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 }))
    .map(([task, total, actions]) => told(task, total, ...actions)),
  { maxLength: 12 },
);

/** Uniforms of a linear congruential generator. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}
