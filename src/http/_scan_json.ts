/** What a parser of JSON does not tell. */
export interface JsonScan {
  /** How deep lists and objects stand inside each other. */
  readonly depth: number;
  /** A name that stands twice in one object, or that programs give a meaning of their own. */
  readonly badName?: string;
}

/** Objects have a set of names, lists have none. */
type Level = Set<string> | undefined;

/**
 * Reads JSON text once for what `JSON.parse` passes over in silence: depth, names that stand twice, `__proto__`. It expects
 * valid JSON and ends on any text.
 */
export function scanJson(text: string): JsonScan {
  const levels: Level[] = [];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      const start = i + 1;
      i = endOfString(text, start);
      const names = levels.at(-1);
      if (!names || !isName(text, i + 1)) continue;
      const name = nameOf(text.slice(start, i));
      if (names.has(name) || name === "__proto__") return { depth, badName: name };
      names.add(name);
    } else if (code === 0x7b || code === 0x5b) {
      depth = Math.max(depth, levels.push(code === 0x7b ? new Set() : undefined));
    } else if (code === 0x7d || code === 0x5d) levels.pop();
  }
  return { depth };
}

/** Place of the quote that ends a string. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

/** Whether a colon follows: then the string was a name. */
function isName(text: string, after: number): boolean {
  while (" \t\r\n".includes(text[after] ?? "x")) after++;
  return text.charCodeAt(after) === 0x3a;
}

/** `"\u0061"` and `"a"` are one name. */
function nameOf(raw: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    // The text is no JSON; the parser says so.
    return raw;
  }
}
