/** Where each UTF-16 unit of a text comes from; parts of a text share it. */
export interface Spans {
  /** First unit of the source. */
  readonly starts: Uint32Array;
  /** Unit after the last one of the source. */
  readonly ends: Uint32Array;
  /** Where the text begins in these columns. */
  readonly at: number;
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
  for (let at = 0; at < text.length; at++) {
    starts[at] = at;
    ends[at] = at + 1;
    if (units(text, at) === 1) continue;
    starts[at + 1] = at;
    ends[at] = ends[at + 1] = at + 2;
    at += 1;
  }
  return { text, spans: { starts, ends, at: 0 }, first: true };
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
  // parts are cut at the first unit of the source that they come from
  const first = spans ? end > start && spans.starts[spans.at + start] === 0 : source.first && start === 0;
  return { text: text.slice(start, end), spans: spans && { ...spans, at: spans.at + start }, first };
}

/** Parts one after another. */
export function join(parts: readonly SourceText[]): SourceText {
  if (parts.length === 1) return parts[0];
  const text = parts.map((part) => part.text).join("");
  const first = parts[0]?.first ?? true;
  if (!parts[0]?.spans) return { text, first };
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let at = 0;
  for (const { spans, text } of parts) {
    for (let unit = 0; unit < text.length; unit++, at++) {
      starts[at] = spans!.starts[spans!.at + unit];
      ends[at] = spans!.ends[spans!.at + unit];
    }
  }
  return { text, spans: { starts, ends, at: 0 }, first };
}

/** The spans of a text of which each unit comes from a unit of another. */
function picked({ starts, ends, at }: Spans, froms: ArrayLike<number>): Spans {
  const out = { starts: new Uint32Array(froms.length), ends: new Uint32Array(froms.length), at: 0 };
  for (let unit = 0; unit < froms.length; unit++) {
    out.starts[unit] = starts[at + froms[unit]];
    out.ends[unit] = ends[at + froms[unit]];
  }
  return out;
}

/**
 * A text of which each character replaces one of the source. A change of 1 is a character more, which comes from where
 * the one before it came from; −n replaces one and removes the n after it.
 */
export function transformed(source: SourceText, changes: Iterable<readonly [string, number]>): SourceText {
  const { text: before, spans, first } = source;
  let text = "";
  if (!spans) {
    for (const [character] of changes) text += character;
    return { text, first };
  }
  const froms: number[] = [];
  let at = 0;
  for (const [character, change] of changes) {
    const from = Math.min(Math.max(change > 0 ? at - 1 : at, 0), before.length - 1);
    for (let unit = 0; unit < character.length; unit++) froms.push(from);
    text += character;
    for (let taken = change; taken <= 0 && at < before.length; taken++) at += units(before, at);
  }
  return { text, spans: picked(spans, froms), first };
}

/** What to put for a match. */
type Content = string | ((match: string) => string);

/** The text with matches of `pattern` replaced; what is put in comes from the last unit of its match. */
export function replaced(source: SourceText, pattern: RegExp, content: Content): SourceText {
  const { text: before, spans, first } = source;
  if (!spans) {
    const text = typeof content === "string"
      ? before.replace(pattern, content.replaceAll("$", "$$$$"))
      : before.replace(pattern, (match) => content(match));
    return text === before ? source : { text, first };
  }
  /** start, end and new length of each match */
  const matches: number[] = [];
  let inPlace = true;
  const text = before.replace(pattern, (match, ...rest) => {
    const start = rest.find((value) => typeof value === "number") as number;
    const put = typeof content === "string" ? content : content(match);
    inPlace &&= match.length === 1 && put.length === 1;
    matches.push(start, start + match.length, put.length);
    return put;
  });
  if (inPlace) return text === before ? source : { text, spans, first };
  const froms = new Uint32Array(text.length);
  let at = 0;
  let unit = 0;
  for (let match = 0; match < matches.length; match += 3) {
    const end = matches[match + 1];
    while (at < matches[match]) froms[unit++] = at++;
    for (let put = matches[match + 2]; put > 0; put--) froms[unit++] = Math.max(end - 1, 0);
    at = end;
  }
  while (at < before.length) froms[unit++] = at++;
  return { text, spans: picked(spans, froms), first };
}

/** The text with `content` before it, which comes from its first character. */
export function prepended(source: SourceText, content: string): SourceText {
  const { text, spans, first } = source;
  if (text === "") return source;
  const after = content + text;
  if (!spans) return { text: after, first };
  const froms = new Uint32Array(after.length);
  for (let unit = content.length; unit < after.length; unit++) froms[unit] = unit - content.length;
  return { text: after, spans: picked(spans, froms), first };
}
