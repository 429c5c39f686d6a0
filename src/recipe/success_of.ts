/** Share of episodes that were solved; 0 of none. */
export function successOf(episodes: readonly { readonly success: boolean }[]): number {
  return episodes.filter(({ success }) => success).length / Math.max(1, episodes.length);
}
