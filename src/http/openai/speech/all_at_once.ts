/**
 * What several writers write, as it comes. Where one fails the others are ended, and all have ended when it throws.
 *
 * @param end Ends those that still write.
 */
export async function* allAtOnce<Piece>(
  writers: readonly AsyncGenerator<Piece, unknown, undefined>[],
  end: () => void,
): AsyncGenerator<Piece, void, undefined> {
  const next = async (index: number): Promise<readonly [number, IteratorResult<Piece, unknown>]> => [
    index,
    await writers[index].next(),
  ];
  const waiting = new Map(writers.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const [index, piece] = await Promise.race(waiting.values());
      if (piece.done) waiting.delete(index);
      else {
        yield piece.value;
        waiting.set(index, next(index));
      }
    }
  } finally {
    end();
    await Promise.allSettled(waiting.values());
    await Promise.allSettled(writers.map((writer) => writer.return(undefined)));
  }
}
