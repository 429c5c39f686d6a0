/**
 * Shares rows out among those who read: evenly, and what one does not need goes to the others.
 *
 * @param unread [readers] tokens that each has still to read. @param rows Tokens that are read at once.
 * @returns [readers] at least 1 for each.
 *
 * ```text
 * unread 3, 500, 40 and 64 rows: 3, 31, 30
 * ```
 */
export function shareRows(unread: readonly number[], rows: number): number[] {
  const shares = new Array<number>(unread.length);
  let left = rows, readers = unread.length;
  for (const index of [...unread.keys()].sort((a, b) => unread[a] - unread[b])) {
    shares[index] = Math.min(unread[index], Math.max(1, Math.floor(left / readers)));
    left -= shares[index];
    readers -= 1;
  }
  return shares;
}
