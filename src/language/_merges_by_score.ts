/** Merges that scores imply, as converters write them: better scores first, then shorter left parts. */
export function mergesByScore(ids: ReadonlyMap<string, number>, scores: ArrayLike<number>): [string, string][] {
  const merges: { readonly pair: [string, string]; readonly score: number }[] = [];
  for (const [token, id] of ids) {
    const characters = [...token];
    let left = "";
    for (const character of characters.slice(0, -1)) {
      left += character;
      const right = token.slice(left.length);
      if (ids.has(left) && ids.has(right)) merges.push({ pair: [left, right], score: scores[id] });
    }
  }
  return merges.sort((a, b) => b.score - a.score).map(({ pair }) => pair);
}
