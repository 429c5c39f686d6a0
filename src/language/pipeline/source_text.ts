/** Where each UTF-16 unit of a text comes from. */
export interface Spans {
  /** [units] First unit of the source. */
  readonly starts: Uint32Array;
  /** [units] Unit after the last one of the source. */
  readonly ends: Uint32Array;
}

/** A text on its way to tokens, or a part of it; with spans where offsets are asked for. */
export interface SourceText {
  /** What it is now. */
  readonly text: string;
  readonly spans?: Spans;
  /** True at the very beginning of what the user gave. */
  readonly first: boolean;
}

/** A step that rewrites a text. */
export type Normalizer = (source: SourceText) => SourceText;

/** The text with every character coming from itself. */
export function sourceText(text: string, withSpans: boolean): SourceText {
  if (!withSpans) return { text, first: true };
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  for (let at = 0; at < text.length;) {
    const next = at + units(text, at);
    starts.fill(at, at, next);
    ends.fill(next, at, next);
    at = next;
  }
  return { text, spans: { starts, ends }, first: true };
}

/** UTF-16 units of the character at a place. */
function units(text: string, at: number): number {
  const high = text.charCodeAt(at);
  return high >= 0xd800 && high < 0xdc00 && at + 1 < text.length ? 2 : 1;
}

/** Units `start` to `end`. */
export function slice(source: SourceText, start: number, end: number): SourceText {
  const { text, spans } = source;
  if (start === 0 && end === text.length && !spans) return source;
  const part = spans && { starts: spans.starts.subarray(start, end), ends: spans.ends.subarray(start, end) };
  // parts are cut at the first unit of the source that they come from
  const first = part ? part.starts.length > 0 && part.starts[0] === 0 : source.first && start === 0;
  return { text: text.slice(start, end), spans: part, first };
}

/** Parts one after another. */
export function join(parts: readonly SourceText[]): SourceText {
  if (parts.length === 1) return parts[0];
  const text = parts.map((part) => part.text).join("");
  if (!parts[0]?.spans) return { text, first: parts[0]?.first ?? true };
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let at = 0;
  for (const { spans, text } of parts) {
    starts.set(spans!.starts, at);
    ends.set(spans!.ends, at);
    at += text.length;
  }
  return { text, spans: { starts, ends }, first: parts[0].first };
}

/**
 * A text of which each character replaces one of the source. A change of 1 is a character more, which comes from where
 * the one before it came from; −n replaces one and removes the n after it.
 */
export function transformed(source: SourceText, changes: Iterable<readonly [string, number]>): SourceText {
  const { text: before, spans, first } = source;
  if (!spans) {
    let text = "";
    for (const [character] of changes) text += character;
    return { text, first };
  }
  const parts: string[] = [];
  const froms: number[] = []; // unit of the source for each unit
  let at = 0;
  for (const [character, change] of changes) {
    const from = Math.min(Math.max(change > 0 ? at - 1 : at, 0), before.length - 1);
    for (let unit = 0; unit < character.length; unit++) froms.push(from);
    parts.push(character);
    for (let taken = change; taken <= 0 && at < before.length; taken++) at += units(before, at);
  }
  return {
    text: parts.join(""),
    spans: {
      starts: Uint32Array.from(froms, (from) => spans.starts[from]),
      ends: Uint32Array.from(froms, (from) => spans.ends[from]),
    },
    first,
  };
}

/** The text with matches of `pattern` replaced; what is put in comes from the last unit of its match. */
export function replaced(source: SourceText, pattern: RegExp, content: (match: string) => string): SourceText {
  const { text, spans, first } = source;
  if (!spans) return { text: text.replace(pattern, content), first };
  const parts: string[] = [];
  const froms: number[] = [];
  let at = 0;
  const keep = (end: number) => {
    parts.push(text.slice(at, end));
    while (at < end) froms.push(at++);
  };
  for (const match of text.matchAll(pattern)) {
    keep(match.index);
    const put = content(match[0]);
    const end = match.index + match[0].length;
    for (let unit = 0; unit < put.length; unit++) froms.push(Math.max(end - 1, 0));
    parts.push(put);
    at = end;
  }
  if (at === 0 && parts.length === 0) return source;
  keep(text.length);
  return {
    text: parts.join(""),
    spans: {
      starts: Uint32Array.from(froms, (from) => spans.starts[from]),
      ends: Uint32Array.from(froms, (from) => spans.ends[from]),
    },
    first,
  };
}

/** The text with `content` before it, which comes from its first character. */
export function prepended(source: SourceText, content: string): SourceText {
  const { text, spans, first } = source;
  if (text === "") return source;
  if (!spans) return { text: content + text, first };
  const extend = (column: Uint32Array) => {
    const out = new Uint32Array(content.length + text.length).fill(column[0], 0, content.length);
    out.set(column, content.length);
    return out;
  };
  return { text: content + text, spans: { starts: extend(spans.starts), ends: extend(spans.ends) }, first };
}
