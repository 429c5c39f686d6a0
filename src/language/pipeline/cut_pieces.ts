import { invalidTokenizer, type Json, kindOf, quoted, textField } from "./json_fields.ts";

/** What becomes of that at which a text is cut. */
export type CutBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];

/** The `behavior` of a part of a tokenizer. @throws {EddyError} `tokenizer_invalid` If it is another. */
export function readBehavior(part: Json, fallback?: CutBehavior): CutBehavior {
  const behavior = textField(part, "behavior", fallback);
  if (!BEHAVIORS.includes(behavior)) {
    throw invalidTokenizer(`'${kindOf(part)}' has the unknown behavior '${quoted(behavior)}'`);
  }
  return behavior as CutBehavior;
}

/** Starts and ends of the pieces between which a text is cut; none of them is empty. */
export type Bounds = readonly number[];

/** Cuts a text at the matches of `pattern`; `invert` swaps what matches and what does not. */
export function cutBounds(text: string, pattern: RegExp, behavior: CutBehavior, invert = false): Bounds {
  const ends: number[] = [];
  const matches: boolean[] = [];
  let last = 0;
  const add = (end: number, isMatch: boolean) => {
    ends.push(end);
    matches.push(isMatch !== invert);
  };
  text.replace(pattern, (match, ...rest) => {
    const start = rest.find((value) => typeof value === "number") as number;
    const end = start + match.length;
    if (start === end && (start === last || start === text.length)) return ""; // nothing to cut at
    if (start > last) add(start, false);
    add(end, true);
    last = end;
    return "";
  });
  if (last < text.length) add(text.length, false);
  const out: number[] = [];
  let start = 0;
  for (let part = 0; part < ends.length; part++) {
    if (joins(matches, part, behavior)) continue;
    if ((behavior !== "Removed" || !matches[part]) && ends[part] > start) out.push(start, ends[part]);
    start = ends[part];
  }
  return out;
}

/** {@linkcode cutBounds} before each `mark`. */
export function cutBefore(text: string, mark: string): Bounds {
  const out: number[] = [];
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf(mark, start + (text.startsWith(mark, start) ? mark.length : 0));
    const end = next < 0 ? text.length : next;
    out.push(start, end);
    start = end;
  }
  return out;
}

/** True when a part belongs to the one after it. */
function joins(matches: readonly boolean[], part: number, behavior: CutBehavior): boolean {
  if (part + 1 >= matches.length) return false;
  if (behavior === "Contiguous") return matches[part] === matches[part + 1];
  // of several matches in a row the first joins what is before it, or the last what is after it
  if (behavior === "MergedWithPrevious") return matches[part + 1] && !matches[part];
  if (behavior === "MergedWithNext") return matches[part] && !matches[part + 1];
  return false;
}
