import { invalidConstraint } from "./invalid_constraint.ts";

/** A part of a rule. */
export type GbnfPart =
  /** One character of a set, as an expression in the syntax of Rust. */
  | { readonly kind: "set"; readonly source: string }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "sequence" | "choice"; readonly of: readonly GbnfPart[] }
  | { readonly kind: "repeat"; readonly of: GbnfPart; readonly least: number; readonly most?: number };

const DEEPEST = 30;
const MOST_REPEATS = 2_000;
const NAME = /[A-Za-z0-9_-]+/y;
const COUNT = /\{\s*(\d+)\s*(,\s*(\d*)\s*)?\}/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Reads a grammar in GBNF: `name ::= parts`, a rule to a line.
 *
 * @returns The rules by name.
 * @throws {EddyError} `constraint_invalid` If it is broken: with the line.
 */
export function readGbnf(grammar: string): Map<string, GbnfPart> {
  const rules = new Map<string, GbnfPart>();
  let at = 0;

  const refuse = (what: string) =>
    invalidConstraint(`line ${grammar.slice(0, at).split("\n").length} of the grammar: ${what}`);

  /** Skips blanks and comments; line ends, too, where a rule cannot end. */
  function skip(lines: boolean): void {
    const blank = lines ? /(?:\s|#[^\n]*)*/y : /(?:[ \t]|#[^\n]*)*/y;
    blank.lastIndex = at;
    at += blank.exec(grammar)![0].length;
  }

  function match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = at;
    const found = expression.exec(grammar);
    if (found) at += found[0].length;
    return found;
  }

  function choice(depth: number): GbnfPart {
    if (depth > DEEPEST) throw refuse(`it is nested more than ${DEEPEST} deep`);
    const of = [sequence(depth)];
    for (;;) {
      const before = at;
      skip(true);
      if (grammar[at] !== "|") {
        if (depth === 0) at = before;
        break;
      }
      at++;
      skip(true);
      of.push(sequence(depth));
    }
    return of.length === 1 ? of[0] : { kind: "choice", of };
  }

  function sequence(depth: number): GbnfPart {
    const of: GbnfPart[] = [];
    for (;;) {
      skip(depth > 0);
      const part = element(depth);
      if (part === undefined) break;
      of.push(repeated(part));
    }
    return of.length === 1 ? of[0] : { kind: "sequence", of };
  }

  function element(depth: number): GbnfPart | undefined {
    switch (grammar[at]) {
      case '"':
        return literal();
      case "[":
        return set();
      case ".":
        at++;
        return { kind: "set", source: "(?s:.)" };
      case "(": {
        at++;
        const inside = choice(depth + 1);
        skip(true);
        if (grammar[at] !== ")") throw refuse("a bracket is not closed");
        at++;
        return inside;
      }
      case "<":
        throw refuse("tokens are not supported, only texts");
    }
    const name = match(NAME);
    return name ? { kind: "rule", name: name[0] } : undefined;
  }

  function repeated(part: GbnfPart): GbnfPart {
    let of = part;
    for (;;) {
      const sign = grammar[at];
      if (sign === "*" || sign === "+" || sign === "?") {
        at++;
        of = { kind: "repeat", of, least: sign === "+" ? 1 : 0, most: sign === "?" ? 1 : undefined };
        continue;
      }
      if (sign !== "{") return of;
      const found = match(COUNT);
      if (!found) throw refuse("a count is broken");
      const least = Number(found[1]);
      const most = found[2] === undefined ? least : found[3] === "" ? undefined : Number(found[3]);
      if (Math.max(least, most ?? 0) > MOST_REPEATS) throw refuse(`a part is repeated more than ${MOST_REPEATS} times`);
      if (most !== undefined && most < least) {
        throw refuse(`a part is repeated at least ${least} and at most ${most} times`);
      }
      of = { kind: "repeat", of, least, most };
    }
  }

  function literal(): GbnfPart {
    at++;
    const of: GbnfPart[] = [];
    while (grammar[at] !== '"') of.push({ kind: "set", source: escaped(character("a text")) });
    at++;
    return of.length === 1 ? of[0] : { kind: "sequence", of };
  }

  function set(): GbnfPart {
    at++;
    const negative = grammar[at] === "^";
    if (negative) at++;
    let inside = "";
    while (grammar[at] !== "]") {
      const first = character("a set");
      if (grammar[at] === "-" && grammar[at + 1] !== "]") {
        at++;
        const last = character("a set");
        if (last < first) throw refuse(`the range from '${first}' to '${last}' is empty`);
        inside += `${escaped(first)}-${escaped(last)}`;
      } else inside += escaped(first);
    }
    at++;
    if (inside === "" && !negative) throw refuse("a set is empty");
    return { kind: "set", source: inside === "" ? "(?s:.)" : `[${negative ? "^" : ""}${inside}]` };
  }

  /** One character of a text or a set. */
  function character(of: string): string {
    if (at >= grammar.length || grammar[at] === "\n") throw refuse(`${of} is not closed`);
    if (grammar[at] !== "\\") {
      const plain = String.fromCodePoint(grammar.codePointAt(at)!);
      at += plain.length;
      return plain;
    }
    const code = match(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y);
    if (code) {
      const point = parseInt(code[1] ?? code[2] ?? code[3], 16);
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw refuse(`'${code[0]}' is no character`);
      return String.fromCodePoint(point);
    }
    const letter = grammar[at + 1] ?? "";
    if (!/[nrt"\\[\]^-]/.test(letter)) throw refuse(`'\\${letter}' means nothing`);
    at += 2;
    return ESCAPES[letter] ?? letter;
  }

  for (skip(true); at < grammar.length; skip(true)) {
    const name = match(NAME)?.[0];
    skip(true);
    if (name === undefined || !grammar.startsWith("::=", at)) throw refuse("expected a rule 'name ::= …'");
    at += 3;
    skip(true);
    if (rules.has(name)) throw refuse(`there are two rules '${name}'`);
    rules.set(name, choice(0));
    skip(false);
    if (at < grammar.length && grammar[at] !== "\n" && grammar[at] !== "\r") {
      throw refuse(`'${grammar[at]}' is not expected here`);
    }
  }
  return rules;
}

/** A character as an expression writes it. */
function escaped(character: string): string {
  return /[0-9A-Za-z]/.test(character) ? character : `\\x{${character.codePointAt(0)!.toString(16)}}`;
}
