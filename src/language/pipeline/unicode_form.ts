import { type SourceText, transformed } from "./source_text.ts";
import { withoutForms } from "./_reference_characters.ts";

/** Names of the normal forms of Unicode. */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** A character and how many more (or, negative, fewer) characters there are for it than before. */
type Change = readonly [character: string, change: number];

/** One nonspacing mark of each combining class, from the lowest to the highest. */
const CLASSES = [
  ...(
    "\u{334}\u{93c}\u{3099}\u{94d}\u{5b0}\u{5b1}\u{5b2}\u{5b3}\u{5b4}\u{5b5}\u{5b6}\u{5b7}\u{5b8}" +
    "\u{5b9}\u{5bb}\u{5bc}\u{5bd}\u{5bf}\u{5c1}\u{5c2}\u{fb1e}\u{64b}\u{64c}\u{64d}\u{618}\u{619}" +
    "\u{61a}\u{651}\u{652}\u{670}\u{711}\u{c55}\u{c56}\u{e38}\u{e48}\u{eb8}\u{ec8}\u{f71}\u{f72}" +
    "\u{f74}\u{321}\u{1dce}\u{31b}\u{302a}\u{316}\u{59a}\u{302e}\u{1d16d}\u{5ae}\u{300}\u{315}\u{35c}" +
    "\u{35d}\u{345}"
  ),
];
const highest = CLASSES[CLASSES.length - 1];
const combiningClasses = new Map<string, number>();
const decompositions = { NFD: new Map<string, string[]>(), NFKD: new Map<string, string[]>() };
const compositions = new Map<string, string>();

/**
 * The text in a normal form, of Unicode 9: what younger versions compose or reorder stays as it is.
 *
 * @see https://unicode.org/reports/tr15/, sections 1.3 and 9; the engine's tables, and only the order of marks is ours,
 * since it decides which part of the source a character comes from.
 */
export function unicodeForm(source: SourceText, form: UnicodeForm): SourceText {
  if (!withoutForms.test(source.text)) {
    const text = source.text.normalize(form);
    if (!source.spans || text === source.text) return { ...source, text };
  }
  const decomposed = decompose(source.text, form.endsWith("KC") || form.endsWith("KD") ? "NFKD" : "NFD");
  return transformed(source, form.endsWith("C") ? compose(decomposed) : decomposed);
}

/** Order of the mark among marks: 0 for all that is no mark. Found by asking which marks it changes places with. */
function combiningClass(character: string): number {
  if (character < "\u0300") return 0;
  let known = combiningClasses.get(character);
  if (known === undefined) {
    const after = (mark: string) => mark !== character && (character + mark).normalize("NFD") === mark + character;
    const isMark = character === highest || (highest + character).normalize("NFD") === character + highest;
    known = withoutForms.test(character) || !isMark ? 0 : 1 + CLASSES.filter(after).length;
    combiningClasses.set(character, known);
  }
  return known;
}

function decomposition(character: string, form: "NFD" | "NFKD"): string[] {
  if (character < "\u0080" || withoutForms.test(character)) return [character];
  let known = decompositions[form].get(character);
  if (!known) decompositions[form].set(character, known = [...character.normalize(form)]);
  return known;
}

function decompose(text: string, form: "NFD" | "NFKD"): Change[] {
  const out: Change[] = [];
  let marks: (readonly [order: number, change: Change])[] = [];
  const flush = () => {
    marks.sort(([a], [b]) => a - b);
    for (const [, change] of marks) out.push(change);
    marks = [];
  };
  for (const character of text) {
    for (const [index, part] of decomposition(character, form).entries()) {
      const order = combiningClass(part);
      const change: Change = [part, index > 0 ? 1 : 0];
      if (order > 0) {
        marks.push([order, change]);
      } else {
        if (marks.length > 0) flush();
        out.push(change);
      }
    }
  }
  flush();
  return out;
}

/** The one character of two, or undefined. */
function composition(left: string, right: string): string | undefined {
  if (right < "\u0300" || withoutForms.test(left + right)) return undefined;
  const pair = left + right;
  let known = compositions.get(pair);
  if (known === undefined) {
    const composed = pair.normalize("NFC");
    known = [...composed].length === 1 ? composed : "";
    if (compositions.size < 65536) compositions.set(pair, known);
  }
  return known || undefined;
}

function compose(decomposed: readonly Change[]): Change[] {
  const out: Change[] = [];
  let base: Change | undefined;
  let between: Change[] = [];
  let last: number | undefined; // class of the last mark between the base and here
  for (const change of decomposed) {
    const order = combiningClass(change[0]);
    if (!base) {
      if (order === 0) base = change;
      else out.push(change);
      continue;
    }
    const composed = last === undefined || last < order ? composition(base[0], change[0]) : undefined;
    if (composed !== undefined) {
      base = [composed, base[1] + change[1] - 1];
    } else if (order === 0) {
      out.push(base, ...between);
      base = change;
      between = [];
      last = undefined;
    } else {
      between.push(change);
      last = order;
    }
  }
  if (base) out.push(base, ...between);
  return out;
}
