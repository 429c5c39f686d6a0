/**
 * Items in their order, in batches of at most `most` tokens; an item that is longer makes one by itself.
 *
 * @param sizes [items] tokens of each.
 * @returns Places of the items, batch after batch.
 */
export function cutBatches(sizes: readonly number[], most: number): number[][] {
  const batches: number[][] = [];
  let left = 0;
  for (const [place, size] of sizes.entries()) {
    if (size > left || batches.length === 0) {
      batches.push([]);
      left = most;
    }
    batches.at(-1)!.push(place);
    left -= size;
  }
  return batches;
}
