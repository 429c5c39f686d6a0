import type { Transcript } from "./transcript.ts";

/** Everything that stands in transcripts, in order: what was shown and what was done. To learn a tokenizer from. */
export function textsOf(transcripts: readonly Transcript[]): string[] {
  return transcripts.flatMap(({ steps }) =>
    steps.flatMap(({ turns, action }) => [...turns.map(({ text }) => text), action])
  );
}
