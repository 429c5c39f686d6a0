import { invalidConstraint } from "./invalid_constraint.ts";

/** Longer expressions are mistakes. */
const LONGEST = 16_384;
const DEEPEST = 50;
const MOST_VARIANTS = 64;
const MOST_REPEATS = 20_000;

const ANY = "(?s:.)";
const SETS: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t\\n\\x0b\\x0c\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}",
};
const CONTROLS: Readonly<Record<string, string>> = { t: "\\t", n: "\\n", r: "\\r", f: "\\x0c", v: "\\x0b" };

/** One way through an expression, with the anchors it stands at. */
interface Variant {
  readonly start: boolean;
  readonly source: string;
  readonly end: boolean;
}

/** An expression's part: `anchored` ones are kept as ways, since an anchor is told by its place alone. */
interface Part {
  readonly variants: readonly Variant[];
  readonly anchored: boolean;
  /** How often its innermost part is repeated at most. */
  readonly repeats: number;
}

/**
 * An expression in the syntax of ECMAScript as one that matches whole texts, in the syntax of Rust.
 *
 * @param search The expression may match anywhere in the text, as in JSON schema; else it is the whole text.
 * @throws {EddyError} `constraint_invalid` If it is broken, or no automaton can honour it: lookaround, references back,
 * word boundaries, anchors in the middle, too many repetitions.
 */
export function ecmaExpression(pattern: string, search: boolean): string {
  const refuse = (what: string) => invalidConstraint(`expression '${pattern.slice(0, 120)}': ${what}`);
  if (pattern.length > LONGEST) throw refuse(`it has ${pattern.length} characters, at most ${LONGEST} are supported`);
  checkSyntax(pattern, refuse);
  const characters = [...pattern];
  let at = 0;

  const peek = (text: string): boolean => characters.slice(at, at + text.length).join("") === text;
  const atom = (source: string): Part => ({
    variants: [{ start: false, source, end: false }],
    anchored: false,
    repeats: 1,
  });

  function alternatives(depth: number): Part {
    if (depth > DEEPEST) throw refuse(`it is nested more than ${DEEPEST} deep`);
    const parts = [sequence(depth)];
    while (characters[at] === "|") {
      at++;
      parts.push(sequence(depth));
    }
    if (parts.length === 1) return parts[0];
    const repeats = Math.max(...parts.map((part) => part.repeats));
    if (parts.some((part) => part.anchored)) {
      return { variants: parts.flatMap((part) => part.variants), anchored: true, repeats };
    }
    return { ...atom(`(?:${parts.map((part) => part.variants[0].source).join("|")})`), repeats };
  }

  function sequence(depth: number): Part {
    let whole = atom("");
    while (at < characters.length && characters[at] !== "|" && characters[at] !== ")") {
      whole = join(whole, quantified(term(depth)));
    }
    return whole;
  }

  function join(left: Part, right: Part): Part {
    const variants = left.variants.flatMap((a) =>
      right.variants.map((b) => {
        if ((b.start && a.source !== "") || (a.end && b.source !== "")) throw refuse("an anchor stands in its middle");
        return { start: a.start || b.start, source: a.source + b.source, end: a.end || b.end };
      })
    );
    if (variants.length > MOST_VARIANTS) throw refuse("it has too many alternatives with anchors");
    return {
      variants,
      anchored: left.anchored || right.anchored,
      repeats: Math.max(left.repeats, right.repeats),
    };
  }

  function quantified(part: Part): Part {
    const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/.exec(characters.slice(at, at + 24).join(""));
    if (!found) return part;
    at += found[0].length;
    if (characters[at] === "?") at++; // lazy or not, it allows the same texts
    if (part.anchored) throw refuse("an anchor is repeated");
    const most = Number(found[3] || found[1] || 1);
    const repeats = part.repeats * Math.max(1, most);
    if (repeats > MOST_REPEATS) throw refuse(`it repeats a part more than ${MOST_REPEATS} times`);
    return { ...atom(`(?:${part.variants[0].source})${found[0]}`), repeats };
  }

  function term(depth: number): Part {
    const character = characters[at];
    if (character === "^" || character === "$") {
      at++;
      return {
        variants: [{ start: character === "^", source: "", end: character === "$" }],
        anchored: true,
        repeats: 1,
      };
    }
    if (character === "(") return group(depth);
    if (character === "[") return atom(characterClass());
    if (character === "\\") return atom(escape(false));
    at++;
    return atom(character === "." ? "[^\\n\\r\\x{2028}\\x{2029}]" : literal(character));
  }

  function group(depth: number): Part {
    const head = characters.slice(at, at + 4).join("");
    if (/^\(\?<?[=!]/.test(head)) {
      throw refuse(head[2] === "<" ? "lookbehind is not supported" : "lookahead is not supported");
    }
    if (head.startsWith("(?<")) at = characters.indexOf(">", at) + 1;
    else if (head.startsWith("(?:")) at += 3;
    else if (head.startsWith("(?")) throw refuse("flags inside are not supported");
    else at++;
    const inside = alternatives(depth + 1);
    at++; // the bracket that closes: the syntax was checked
    if (inside.anchored) return inside;
    return { ...atom(`(?:${inside.variants[0].source})`), repeats: inside.repeats };
  }

  function characterClass(): string {
    at++;
    const negative = characters[at] === "^";
    if (negative) at++;
    let inside = "";
    while (characters[at] !== "]") {
      if (characters[at] === "\\") inside += escape(true);
      else if (characters[at] === "-") {
        // a range where something stands on both sides, else itself
        const ranges = inside !== "" && characters[at + 1] !== "]" && !/\\[pP]\{[^}]*\}$/.test(inside);
        inside += ranges ? "-" : literal("-");
        at++;
      } else inside += literal(characters[at++]);
    }
    at++;
    if (inside === "") return negative ? ANY : "[^\\x00-\\x{10ffff}]";
    return `[${negative ? "^" : ""}${inside}]`;
  }

  function escape(inClass: boolean): string {
    const rest = characters.slice(at + 1, at + 40).join("");
    const letter = rest[0];
    const lower = letter.toLowerCase();
    if (lower in SETS) {
      at += 2;
      if (inClass && letter !== lower) return `[^${SETS[lower]}]`;
      return inClass ? SETS[lower] : `[${letter === lower ? "" : "^"}${SETS[lower]}]`;
    }
    const property = /^[pP]\{[\w=]+\}/.exec(rest);
    if (property) {
      at += 1 + property[0].length;
      return `\\${property[0]}`;
    }
    if ((letter === "b" && !inClass) || letter === "B") throw refuse("word boundaries are not supported");
    if (/^(?:[1-9]|k<)/.test(rest)) throw refuse("references back are not supported");
    const pair = /^u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(rest);
    if (pair) {
      at += 1 + pair[0].length;
      return literal(String.fromCharCode(parseInt(pair[1], 16), parseInt(pair[2], 16)));
    }
    const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|c([A-Za-z])|(0))/.exec(rest);
    if (code) {
      at += 1 + code[0].length;
      const point = code[4]
        ? code[4].toUpperCase().charCodeAt(0) - 64
        : parseInt(code[1] ?? code[2] ?? code[3] ?? "0", 16);
      if (point >= 0xd800 && point < 0xe000) throw refuse("half a character is not supported");
      return literal(String.fromCodePoint(point));
    }
    at += 2;
    if (inClass && letter === "b") return "\\x08";
    return CONTROLS[letter] ?? literal(letter);
  }

  const whole = alternatives(0);
  if (at < characters.length || peek(")")) throw refuse("it has a bracket too many");
  const open = search ? `${ANY}*` : "";
  return whole.variants
    .map(({ start, source, end }) => `(?:${start ? "" : open}${source}${end ? "" : open})`)
    .join("|");
}

/** A character that stands for itself. */
function literal(character: string): string {
  return /[0-9A-Za-z ]/.test(character) ? character : `\\x{${character.codePointAt(0)!.toString(16)}}`;
}

function checkSyntax(pattern: string, refuse: (what: string) => Error): void {
  try {
    new RegExp(pattern, "u");
  } catch {
    try {
      new RegExp(pattern);
    } catch (error) {
      throw refuse((error as Error).message.replace(/^Invalid regular expression: .*: /, ""));
    }
  }
}
