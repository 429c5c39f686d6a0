import type { PolicyVersion } from "../../store/mod.ts";
import type { Versions } from "./versions.ts";

/** Longest line that is followed; a version that is further away is rebuilt from its own snapshot. */
const LONGEST = 2000;

/**
 * The versions that lead from one to another by their parents, oldest first, the first left out. Undefined if the
 * second does not descend from the first, or from far away.
 */
export async function lineOfDescent(
  versions: Pick<Versions, "get">,
  from: number,
  to: PolicyVersion,
): Promise<readonly PolicyVersion[] | undefined> {
  const line: PolicyVersion[] = [];
  for (let at = to; at.version !== from; at = await versions.get(at.parent)) {
    if (at.parent === undefined || at.version < from || line.length === LONGEST) return undefined;
    line.push(at);
  }
  return line.reverse();
}
