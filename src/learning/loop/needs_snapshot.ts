import type { PolicyVersion } from "../../store/mod.ts";

/** Judgements and milliseconds after which a version is kept whole even if it is not much further than the last. */
const FEWEST_JUDGEMENTS = 250, MOST_JUDGEMENTS = 20_000, LONGEST_MS = 3_600_000;

/**
 * Whether a version is kept whole, or only as its place in the journal. The places of whole versions grow
 * geometrically, so that their number grows with the logarithm of the journal; an hour and 20,000 judgements are the most
 * that is ever learned again to rebuild one.
 *
 * @param last The last version that was kept whole.
 */
export function needsSnapshot(
  last: Pick<PolicyVersion, "learnedUpTo" | "createdAt">,
  next: Pick<PolicyVersion, "learnedUpTo" | "createdAt">,
): boolean {
  const judgements = next.learnedUpTo - last.learnedUpTo;
  const geometric = Math.max(FEWEST_JUDGEMENTS, 0.25 * last.learnedUpTo);
  return judgements >= Math.min(geometric, MOST_JUDGEMENTS) ||
    (judgements > 0 && next.createdAt - last.createdAt >= LONGEST_MS);
}
