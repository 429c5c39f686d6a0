import { invalidConstraint } from "./invalid_constraint.ts";
import { wholeText } from "./whole_text.ts";
import { type GbnfPart, readGbnf } from "./read_gbnf.ts";

/** A grammar without recursion becomes one expression up to this length and depth. */
const LONGEST_EXPRESSION = 100_000;
const DEEPEST_EXPRESSION = 50;

/**
 * A grammar in GBNF, the syntax of llama.cpp, in the syntax of Lark.
 *
 * GBNF knows characters alone; Lark cuts a text into terminals, the longest first, and would miss what GBNF allows. So a
 * grammar without recursion becomes one terminal, and in one with recursion every character is a terminal.
 *
 * @throws {EddyError} `constraint_invalid` If it is broken, or has no rule `root`.
 */
export function gbnfToLark(grammar: string): string {
  const rules = readGbnf(grammar);
  if (!rules.has("root")) throw invalidConstraint("the grammar has no rule 'root'");
  const names = [...reachable(rules)];
  const missing = names.find((name) => !rules.has(name));
  if (missing !== undefined) throw invalidConstraint(`the grammar has no rule '${missing}', which another uses`);
  const whole = expressionOf(rules, "root");
  if (whole !== undefined) return wholeText(whole, mayBeEmpty(rules, rules.get("root")!));
  const symbol = new Map(names.map((name, index) => [name, `r${index}`]));
  return [
    `start: ${symbol.get("root")}`,
    ...names.map((name) => `${symbol.get(name)}: ${larkPart(rules.get(name)!, symbol)}`),
  ].join("\n");
}

/** For rules without recursion. */
function mayBeEmpty(rules: ReadonlyMap<string, GbnfPart>, part: GbnfPart): boolean {
  switch (part.kind) {
    case "set":
      return false;
    case "rule":
      return mayBeEmpty(rules, rules.get(part.name)!);
    case "sequence":
      return part.of.every((each) => mayBeEmpty(rules, each));
    case "choice":
      return part.of.some((each) => mayBeEmpty(rules, each));
    case "repeat":
      return part.least === 0 || mayBeEmpty(rules, part.of);
  }
}

function children(part: GbnfPart): readonly GbnfPart[] {
  switch (part.kind) {
    case "choice":
    case "sequence":
      return part.of;
    case "repeat":
      return [part.of];
    default:
      return [];
  }
}

function reachable(rules: ReadonlyMap<string, GbnfPart>): Set<string> {
  const names = new Set(["root"]);
  for (const name of names) {
    const waiting = rules.has(name) ? [rules.get(name)!] : [];
    for (const part of waiting) {
      if (part.kind === "rule") names.add(part.name);
      waiting.push(...children(part));
    }
  }
  return names;
}

/** The rule as one expression; undefined where it is recursive or too long. */
function expressionOf(rules: ReadonlyMap<string, GbnfPart>, root: string): string | undefined {
  const done = new Map<string, string | undefined>();
  const open = new Set<string>();
  const ofRule = (name: string): string | undefined => {
    if (open.has(name) || open.size > DEEPEST_EXPRESSION) return undefined;
    if (!done.has(name)) {
      open.add(name);
      done.set(name, ofPart(rules.get(name)!));
      open.delete(name);
    }
    return done.get(name);
  };
  const ofAll = (parts: readonly GbnfPart[], between: string): string | undefined => {
    let sum = "";
    for (const [index, part] of parts.entries()) {
      const each = ofPart(part);
      if (each === undefined || (sum += (index > 0 ? between : "") + each).length > LONGEST_EXPRESSION) {
        return undefined;
      }
    }
    return sum;
  };
  const ofPart = (part: GbnfPart): string | undefined => {
    switch (part.kind) {
      case "set":
        return part.source;
      case "rule":
        return ofRule(part.name);
      case "sequence":
        return ofAll(part.of, "");
      case "choice": {
        const inside = ofAll(part.of, "|");
        return inside === undefined ? undefined : `(?:${inside})`;
      }
      case "repeat": {
        const inside = ofPart(part.of);
        return inside === undefined ? undefined : `(?:${inside}){${part.least},${part.most ?? ""}}`;
      }
    }
  };
  return ofRule(root);
}

function larkPart(part: GbnfPart, symbol: ReadonlyMap<string, string>): string {
  switch (part.kind) {
    case "set":
      return `/${part.source}/`;
    case "rule":
      return symbol.get(part.name)!;
    case "sequence":
      return part.of.length === 0 ? '""' : part.of.map((each) => larkPart(each, symbol)).join(" ");
    case "choice":
      return `(${part.of.map((each) => larkPart(each, symbol)).join(" | ")})`;
    case "repeat": {
      const inside = `(${larkPart(part.of, symbol)})`;
      if (part.most === undefined && part.least <= 1) return `${inside}${part.least === 0 ? "*" : "+"}`;
      return `${inside}{${part.least},${part.most ?? ""}}`;
    }
  }
}
