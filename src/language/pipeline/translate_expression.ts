import { invalidTokenizer } from "./json_fields.ts";

/** Longer expressions are mistakes. */
const LONGEST = 16384;
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
const LETTERS: Readonly<Record<string, string>> = {
  s: "\\p{White_Space}",
  S: "\\P{White_Space}",
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  a: "\\x07",
  e: "\\x1b",
  t: "\\t",
  n: "\\n",
  r: "\\r",
  f: "\\f",
  v: "\\v",
};
/** `\w` outside of a class has these numbers, too. */
const NUMBERS = "²³¹¼½¾";
/** Letters for sets of characters that are not one property. */
const SETS: Readonly<Record<string, string>> = { w: WORD, h: "0-9a-fA-F" };
const OUTSIDE: Readonly<Record<string, string>> = {
  A: "(?<![^])",
  z: "(?![^])",
  Z: "(?=\\n?(?![^]))",
  b: `(?:(?<=[${WORD}${NUMBERS}])(?![${WORD}${NUMBERS}])|(?<![${WORD}${NUMBERS}])(?=[${WORD}${NUMBERS}]))`,
  B: `(?:(?<=[${WORD}${NUMBERS}])(?=[${WORD}${NUMBERS}])|(?<![${WORD}${NUMBERS}])(?![${WORD}${NUMBERS}]))`,
  R: "(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])",
};
const POSIX: Readonly<Record<string, string>> = {
  alpha: "\\p{Alphabetic}",
  digit: "\\p{Nd}",
  alnum: "\\p{Alphabetic}\\p{Nd}",
  upper: "\\p{Uppercase}",
  lower: "\\p{Lowercase}",
  space: "\\p{White_Space}",
  punct: "\\p{P}\\p{S}",
  cntrl: "\\p{Cc}",
  blank: "\\p{Zs}\\t",
  xdigit: "0-9a-fA-F",
  word: WORD,
};

/**
 * An expression in the syntax of Oniguruma (Ruby), which tokenizer files use, as one of the engine.
 *
 * @throws {EddyError} `tokenizer_invalid` If it is broken, of a kind that is not supported yet, or repeats a repetition,
 * which can take exponential time.
 */
export function translateExpression(pattern: string): RegExp {
  if (pattern.length > LONGEST) throw invalidTokenizer(`an expression has ${pattern.length} characters`);
  const refuse = (what: string) => invalidTokenizer(`expression '${pattern.slice(0, 120)}': ${what}`);
  let at = 0;
  let atomics = 0;
  /** Sets in sets need the flag `v`; under it the engine may ignore case outside of groups that say so, too. */
  let nestsSets = false;

  /** A set of characters, in a class or alone. */
  function set(characters: string, negative: boolean, inClass: boolean): string {
    if (inClass && !negative) return characters;
    nestsSets ||= inClass;
    return `[${negative ? "^" : ""}${characters}]`;
  }

  function escape(inClass: boolean): string {
    const letter = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
    const rest = pattern.slice(at);
    const property = /^\\[pP]\{(\^?)([\w =&-]+)\}/.exec(rest);
    if (property) {
      at += property[0].length;
      return unicodeProperty(property[2], (property[1] === "^") !== (letter === "P"), inClass);
    }
    const code = /^\\(?:x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/.exec(
      rest,
    );
    if (code) {
      at += code[0].length;
      const point = parseInt(code[1] ?? code[2] ?? code[3] ?? code[4], 16);
      if (point > 0x10ffff) throw refuse(`character ${code[0]} does not exist`);
      return `\\u{${point.toString(16)}}`;
    }
    at += 1 + letter.length;
    if (Object.hasOwn(LETTERS, letter)) return LETTERS[letter];
    const name = letter.toLowerCase();
    if (Object.hasOwn(SETS, name)) {
      return set(SETS[name] + (name === "w" && !inClass ? NUMBERS : ""), letter !== name, inClass);
    }
    if (!inClass && Object.hasOwn(OUTSIDE, letter)) return OUTSIDE[letter];
    if (inClass && letter === "b") return "\\x08";
    if (/[A-Za-z0-9]/.test(letter) || at > pattern.length) throw refuse(`'\\${letter}' is not supported yet`);
    return literal(letter);
  }

  function unicodeProperty(name: string, negative: boolean, inClass: boolean): string {
    for (const written of [name, `Script=${name}`]) {
      const property = `\\${negative ? "P" : "p"}{${written}}`;
      try {
        new RegExp(property, "u");
        return property;
      } catch {
        // the next way to write it
      }
    }
    const posix = Object.hasOwn(POSIX, name.toLowerCase()) ? POSIX[name.toLowerCase()] : undefined;
    if (posix) return set(posix, negative, inClass);
    throw refuse(`property '${name}' is not known`);
  }

  function characterClass(depth: number): string {
    if (depth > 20) throw refuse("classes are nested too deeply");
    at += 1;
    let out = "[";
    if (pattern[at] === "^") {
      out += "^";
      at += 1;
    }
    for (let first = true;; first = false) {
      if (at >= pattern.length) throw refuse("a class does not end");
      const posix = /^\[:(\^?)(\w+):\]/.exec(pattern.slice(at, at + 16));
      if (posix) {
        if (!Object.hasOwn(POSIX, posix[2])) throw refuse(`class '${posix[2]}' is not supported yet`);
        out += set(POSIX[posix[2]], posix[1] === "^", true);
        at += posix[0].length;
      } else if (pattern[at] === "]" && !first) {
        at += 1;
        return out + "]";
      } else if (pattern[at] === "[") {
        const inner = characterClass(depth + 1);
        out += inner.startsWith("[^") ? inner : inner.slice(1, -1);
        nestsSets ||= inner.startsWith("[^");
      } else if (pattern[at] === "\\") out += escape(true);
      else if (pattern.startsWith("&&", at)) throw refuse("intersections of classes are not supported yet");
      else if (pattern[at] === "-") {
        // between two characters it is a range, beside a class it stands for itself
        const beside = first || /\]$|\\[pP]\{[^}]*\}$/.test(out) ||
          /^(?:[\]\[]|\\[pPsSdDwWhH])/.test(pattern.slice(at + 1));
        out += beside ? "\\u{2d}" : "-";
        at += 1;
      } else {
        const character = String.fromCodePoint(pattern.codePointAt(at)!);
        out += literal(character);
        at += character.length;
      }
    }
  }

  /** The start of a group, and whether it is atomic. */
  function groupStart(): string {
    const start = /^\((?:\?(?:[:=!]|<[=!]|>|[im]*(?:-[im]+)?:|<\w+>))?/.exec(pattern.slice(at, at + 64))!;
    const [text] = start;
    if (text === "(" && pattern[at + 1] === "?") throw refuse("a group of this kind is not supported yet");
    at += text.length;
    if (/^\(\?[im-]*m/.test(text)) throw refuse("'m' is not supported yet");
    return text === "(" || /^\(\?<\w/.test(text) ? "(?:" : text;
  }

  /** Alternatives up to the end or a closing bracket, and whether they repeat something without bound. */
  function alternatives(depth: number): { readonly text: string; readonly repeats: boolean } {
    if (depth > 50) throw refuse("groups are nested too deeply");
    let out = "";
    let repeats = false;
    while (at < pattern.length && pattern[at] !== ")") {
      const inline = /^\(\?([im]+)\)/.exec(pattern.slice(at, at + 8));
      if (inline) {
        if (inline[1] !== "i") throw refuse("'m' is not supported yet");
        at += inline[0].length;
        const rest = alternatives(depth + 1);
        return { text: `${out}(?i:${rest.text})`, repeats: repeats || rest.repeats };
      }
      const part = atom(depth);
      const { text, unbounded } = quantified(part);
      repeats ||= part.repeats || unbounded;
      out += text;
    }
    return { text: out, repeats };
  }

  function atom(depth: number): { readonly text: string; readonly repeats: boolean } {
    const character = String.fromCodePoint(pattern.codePointAt(at)!);
    if (character === "\\") return { text: escape(false), repeats: false };
    if (character === "[") return { text: characterClass(0), repeats: false };
    if (character === "(") {
      const start = groupStart();
      const inner = alternatives(depth + 1);
      if (pattern[at] !== ")") throw refuse("a group does not end");
      at += 1;
      if (start === "(?>") return { text: atomic(inner.text), repeats: inner.repeats };
      return { text: `${start}${inner.text})`, repeats: inner.repeats };
    }
    at += character.length;
    const special = { ".": "[^\\n]", "^": "(?<![^\\n])", "$": "(?![^\\n])", "|": "|" }[character];
    if ("*+?".includes(character)) throw refuse("there is nothing to repeat");
    return { text: special ?? literal(character), repeats: false };
  }

  /** The atom with what repeats it. A second sign makes it lazy (`?`) or possessive (`+`). */
  function quantified(part: { readonly text: string; readonly repeats: boolean }): {
    readonly text: string;
    readonly unbounded: boolean;
  } {
    const found = /^(?:[*+?]|\{\d{1,5}(?:,\d{0,5})?\}|\{,\d{1,5}\})/.exec(pattern.slice(at, at + 16));
    if (!found || part.text === "|") return { text: part.text, unbounded: false };
    at += found[0].length;
    const sign = found[0].replace("{,", "{0,");
    const unbounded = /^[*+]|,\}$/.test(sign);
    if (unbounded && part.repeats) throw refuse("a repetition in a repetition is not supported: it may never end");
    const mode = pattern[at];
    if (/^\{[01],/.test(sign) && (mode === "+" || mode === "*") && !part.repeats) {
      // once or more of up to n is once or more: no possessive form, in this syntax
      at += 1;
      return { text: part.text + (mode === "+" && sign[1] === "1" ? "+" : "*"), unbounded: true };
    }
    if (mode === "?" || (mode === "+" && !sign.startsWith("{"))) at += 1;
    else if (mode !== undefined && "*+".includes(mode)) throw refuse("a repetition of a repetition is not supported");
    const repeated = part.text + sign;
    if (mode === "+") return { text: atomic(repeated), unbounded };
    return { text: mode === "?" ? `${repeated}?` : repeated, unbounded };
  }

  function atomic(text: string): string {
    const name = `atomic${atomics++}`;
    return `(?:(?=(?<${name}>${text}))\\k<${name}>)`;
  }

  const { text } = alternatives(0);
  if (at < pattern.length) throw refuse("a closing bracket has no opening one");
  try {
    return new RegExp(text, nestsSets ? "gv" : "gu");
  } catch (cause) {
    // the engine's reason stands behind the whole expression
    const reason = (cause as Error).message.slice(-200);
    throw invalidTokenizer(`expression '${pattern.slice(0, 120)}': ${reason}`, { cause });
  }
}

/** A character that stands for itself. */
export function literal(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
