import { booleanField, invalidTokenizer, isId, isObject, quoted, textField } from "./json_fields.ts";
import { wordCharacter } from "./_reference_characters.ts";

/** A text that is one token wherever it stands. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** A mark of the format, not of the text: plain text unless asked for. */
  readonly special: boolean;
  /** Only between characters that are no letters or digits. */
  readonly singleWord: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  /** Takes the white space after it. */
  readonly rstrip: boolean;
  /** Stands in the rewritten text, not in the user's. */
  readonly normalized: boolean;
}

/** A part of a text: plain, or an added token. */
export interface AddedMatch {
  readonly start: number;
  readonly end: number;
  readonly id?: number;
}

/** Finds added tokens in a text. */
export type AddedFinder = (text: string, parseSpecial: boolean) => readonly AddedMatch[];

interface Node {
  readonly next: Map<number, Node>;
  token?: AddedToken;
}

/**
 * Reads the `added_tokens` of a file.
 *
 * @throws {EddyError} `tokenizer_invalid` If one is broken or has the id of another token.
 */
export function readAddedTokens(json: unknown, token: (id: number) => string | undefined): readonly AddedToken[] {
  const list = json ?? [];
  if (!Array.isArray(list)) throw invalidTokenizer("'added_tokens' is not a list");
  const ids = new Map<number, string>();
  return list.map((added: unknown) => {
    if (!isObject(added) || !isId(added.id)) throw invalidTokenizer("an added token has no content or no id");
    const content = textField(added, "content", "");
    if (content === "") throw invalidTokenizer("an added token has no content or no id");
    const taken = token(added.id) ?? ids.get(added.id) ?? content;
    if (taken !== content) {
      throw invalidTokenizer(`added token '${quoted(content)}' has id ${added.id} of token '${quoted(taken)}'`);
    }
    ids.set(added.id, content);
    const special = booleanField(added, "special", false);
    return {
      id: added.id,
      content,
      special,
      singleWord: booleanField(added, "single_word", false),
      lstrip: booleanField(added, "lstrip", false),
      rstrip: booleanField(added, "rstrip", false),
      normalized: booleanField(added, "normalized", !special),
    };
  });
}

/** Finds the leftmost, and of those the longest, of `tokens`, each by its `content`. */
export function addedFinder(tokens: readonly AddedToken[]): AddedFinder {
  const root: Node = { next: new Map() };
  for (const token of tokens) {
    let node = root;
    for (let at = 0; at < token.content.length; at++) {
      const unit = token.content.charCodeAt(at);
      let next = node.next.get(unit);
      if (!next) node.next.set(unit, next = { next: new Map() });
      node = next;
    }
    node.token = token;
  }

  function longest(text: string, start: number): AddedToken | undefined {
    let node = root.next.get(text.charCodeAt(start));
    let found: AddedToken | undefined;
    for (let at = start + 1; node; at++) {
      found = node.token ?? found;
      node = at < text.length ? node.next.get(text.charCodeAt(at)) : undefined;
    }
    return found;
  }

  return (text, parseSpecial) => {
    const out: AddedMatch[] = [];
    let plain = 0; // where the text begins that is in no match yet
    for (let at = 0; at < text.length && root.next.size > 0;) {
      const token = longest(text, at);
      if (!token) {
        at += 1;
        continue;
      }
      let start = at;
      at += token.content.length;
      let end = at;
      if (token.special && !parseSpecial) continue;
      if (token.singleWord && (isWord(text, start, -1) || isWord(text, end, 1))) continue;
      if (token.lstrip) { while (start > plain && isSpace(text[start - 1])) start -= 1; }
      if (token.rstrip) { while (end < text.length && isSpace(text[end])) end += 1; }
      if (start > plain) out.push({ start: plain, end: start });
      out.push({ start: Math.max(start, plain), end, id: token.id });
      plain = end;
      at = Math.max(at, end);
    }
    if (plain < text.length) out.push({ start: plain, end: text.length });
    return out;
  };
}

function isSpace(character: string): boolean {
  return /\p{White_Space}/u.test(character);
}

/** True when the character before (−1) or after (1) a place belongs to a word. */
function isWord(text: string, at: number, side: -1 | 1): boolean {
  const low = side === -1 && at > 1 && text.charCodeAt(at - 1) >= 0xdc00 && text.charCodeAt(at - 1) < 0xe000;
  const point = text.codePointAt(side === 1 ? at : at - (low ? 2 : 1));
  return point !== undefined && at + side >= 0 && wordCharacter.test(String.fromCodePoint(point));
}
