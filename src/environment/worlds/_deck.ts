import type { Split } from "../environment.ts";
import { Stream } from "./_stream.ts";

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** The cards 0 … count − 1 in the order that a task deals them, and a stream for what else is chance in it. */
export function deal(
  count: number,
  { world, seed, split }: { readonly world: number; readonly seed: number; readonly split: Split },
): { readonly deck: number[]; readonly stream: Stream } {
  const stream = Stream.of(world, seed >>> 0, Math.floor(seed / 4294967296), SPLITS.indexOf(split), 80, count);
  const deck = Array.from({ length: count }, (_, card) => card);
  for (let last = count - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    [deck[last], deck[other]] = [deck[other], deck[last]];
  }
  return { deck, stream };
}
