import { invalidTokenizer, type Json, kindOf, textField } from "./json_fields.ts";
import { slice, type SourceText } from "./source_text.ts";

/** What becomes of that at which a text is cut. */
export type CutBehavior = "Removed" | "Isolated" | "MergedWithPrevious" | "MergedWithNext" | "Contiguous";

const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];

/** The `behavior` of a part of a tokenizer. @throws {EddyError} `tokenizer_invalid` If it is another. */
export function readBehavior(part: Json, fallback?: CutBehavior): CutBehavior {
  const behavior = textField(part, "behavior", fallback);
  if (!BEHAVIORS.includes(behavior)) throw invalidTokenizer(`'${kindOf(part)}' has the unknown behavior '${behavior}'`);
  return behavior as CutBehavior;
}

/** Cuts a piece at the matches of `pattern`; `invert` swaps what matches and what does not. */
export function cutPiece(piece: SourceText, pattern: RegExp, behavior: CutBehavior, invert = false): SourceText[] {
  const { text } = piece;
  const ends: number[] = [];
  const matches: boolean[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (start === end && (start === at || start === text.length)) continue; // nothing to cut at
    if (start > at) add(start, false);
    add(end, true);
    at = end;
  }
  if (at < text.length) add(text.length, false);

  function add(end: number, isMatch: boolean): void {
    ends.push(end);
    matches.push(isMatch !== invert);
  }

  const out: SourceText[] = [];
  let start = 0;
  for (let part = 0; part < ends.length; part++) {
    if (joins(matches, part, behavior)) continue;
    if (behavior !== "Removed" || !matches[part]) out.push(slice(piece, start, ends[part]));
    start = ends[part];
  }
  return out.filter((part) => part.text !== "");
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
