/** Words and phrasings that the panel worlds are drawn from. Private to `worlds/`. @module */

/** Colours of keys, at most eight. */
export const KEYS = ["red", "blue", "green", "amber", "white", "black", "violet", "grey"] as const;

/** The parts of one panel. */
export interface Panel {
  readonly step: number;
  readonly length: number;
  readonly sigil: string;
  readonly keys: readonly string[];
  /** Error light, in worlds that have one. */
  readonly light?: "on" | "off";
}

type Phrasing = (panel: Panel) => string;

const light = (panel: Panel): string => panel.light ? ` light ${panel.light}.` : "";
const list = (panel: Panel): string => panel.keys.join(" ");

/** Held-out splits read phrasings that training never shows. */
const PHRASINGS: Readonly<Record<"train" | "held", readonly Phrasing[]>> = {
  train: [
    (p) => `panel ${p.step} of ${p.length}. sigil ${p.sigil}.${light(p)} keys ${list(p)}.`,
    (p) => `you face panel ${p.step} of ${p.length}: it shows ${p.sigil}.${light(p)} press one of ${list(p)}.`,
    (p) => `door ${p.step} of ${p.length}.${light(p)} the sign reads ${p.sigil}. choose among ${list(p)}.`,
    (p) => `keys ${list(p)} wait under the mark ${p.sigil}.${light(p)} this is lock ${p.step} of ${p.length}.`,
    (p) => `lock ${p.step} of ${p.length}, engraved ${p.sigil}.${light(p)} buttons: ${list(p)}.`,
    (p) => `the plate says ${p.sigil}.${light(p)} stage ${p.step} of ${p.length}. options ${list(p)}.`,
  ],
  held: [
    (p) => `gate ${p.step} of ${p.length} carries the glyph ${p.sigil}.${light(p)} available: ${list(p)}.`,
    (p) => `now ${p.sigil} glows.${light(p)} pick from ${list(p)}. round ${p.step} of ${p.length}.`,
    (p) => `${p.sigil}: that is what panel ${p.step} of ${p.length} displays.${light(p)} colours ${list(p)}.`,
  ],
};

/** Number of phrasings of a split. */
export function phrasings(held: boolean): number {
  return PHRASINGS[held ? "held" : "train"].length;
}

/** One panel in words. */
export function render(panel: Panel, phrasing: number, held: boolean): string {
  return PHRASINGS[held ? "held" : "train"][phrasing](panel);
}

const CONSONANTS = "bdfgklmnprstvz";
const VOWELS = "aeiou";

/** `count` distinct made-up words of three letters. */
export function sigils(count: number, random: () => number): string[] {
  const found = new Set<string>();
  const one = (letters: string): string => letters[Math.floor(random() * letters.length)];
  while (found.size < count) found.add(one(CONSONANTS) + one(VOWELS) + one(CONSONANTS));
  return [...found];
}
