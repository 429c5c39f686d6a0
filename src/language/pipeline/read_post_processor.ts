import {
  booleanField,
  flatten,
  invalidTokenizer,
  isId,
  isObject,
  type Json,
  kindOf,
  listField,
} from "./json_fields.ts";

/** Ids with the code points they stand for. */
export interface MutableEncoding {
  ids: Uint32Array;
  /** start0, end0, ... */
  offsets: Uint32Array;
  /** What ids stand for where that is not the vocabulary's text; may be shorter than `ids`. */
  texts: (string | undefined)[];
}

/** A step that puts a template's tokens around a text's, where they are asked for, or corrects its offsets. */
export type PostProcessor = (encoding: MutableEncoding, addSpecial: boolean) => void;

/**
 * The steps after the model.
 *
 * @param token The text of a token as the vocabulary has it.
 * @throws {EddyError} `tokenizer_invalid` If one is broken or not known.
 */
export function readPostProcessor(json: unknown, token: (id: number) => string): readonly PostProcessor[] {
  return flatten(json, "processors").map((step) => readStep(step, token));
}

function readStep(step: Json, token: (id: number) => string): PostProcessor {
  switch (step.type) {
    case "ByteLevel": {
      const prefix = booleanField(step, "add_prefix_space", true);
      return booleanField(step, "trim_offsets", true) ? (encoding) => trim(encoding, prefix, token) : () => {};
    }
    case "BertProcessing":
      return around([readPair(step, "cls")], [readPair(step, "sep")]);
    case "RobertaProcessing": {
      const prefix = booleanField(step, "add_prefix_space", true);
      const trims = booleanField(step, "trim_offsets", true);
      const surround = around([readPair(step, "cls")], [readPair(step, "sep")]);
      return (encoding, addSpecial) => {
        if (trims) trim(encoding, prefix, token);
        surround(encoding, addSpecial);
      };
    }
    case "TemplateProcessing":
      return readTemplate(step);
  }
  throw invalidTokenizer(`post-processor '${kindOf(step)}' is not supported yet`);
}

function around(before: readonly number[], after: readonly number[]): PostProcessor {
  return (encoding, addSpecial) => {
    if (!addSpecial) return;
    encoding.texts = new Array<string | undefined>(before.length).fill(undefined).concat(encoding.texts);
    const { ids, offsets } = encoding;
    const count = before.length + ids.length + after.length;
    encoding.ids = new Uint32Array(count);
    encoding.ids.set(before);
    encoding.ids.set(ids, before.length);
    encoding.ids.set(after, before.length + ids.length);
    encoding.offsets = new Uint32Array(2 * count); // 0, 0 for what the template adds
    encoding.offsets.set(offsets, 2 * before.length);
  };
}

function readPair(step: Json, key: string): number {
  const pair = step[key];
  if (!Array.isArray(pair) || !isId(pair[1])) throw invalidTokenizer(`'${key}' of '${kindOf(step)}' has no id`);
  return pair[1];
}

function readTemplate(step: Json): PostProcessor {
  const sides: [number[], number[]] = [[], []];
  const special = isObject(step.special_tokens) ? step.special_tokens : {};
  let texts = 0;
  for (const part of listField(step, "single")) {
    if (isObject(part) && isObject(part.Sequence)) texts += 1;
    else if (isObject(part) && isObject(part.SpecialToken)) {
      const name = String(part.SpecialToken.id);
      const known = Object.hasOwn(special, name) ? special[name] : undefined;
      if (!isObject(known) || !Array.isArray(known.ids) || !known.ids.every(isId)) {
        throw invalidTokenizer(`the template needs '${name.slice(0, 60)}', which has no ids`);
      }
      sides[texts === 0 ? 0 : 1].push(...known.ids);
    } else throw invalidTokenizer("a part of the template is neither a text nor a special token");
  }
  if (texts !== 1) throw invalidTokenizer(`the template has its text ${texts} times, expected once`);
  return around(...sides);
}

/** Takes white space off the ends of what byte-level tokens stand for. */
function trim({ ids, offsets, texts }: MutableEncoding, prefix: boolean, token: (id: number) => string): void {
  const known = new Map<number, readonly [leading: number, trailing: number]>();
  ids.forEach((id, at) => {
    let spaces = texts[at] === undefined ? known.get(id) : spacesAround(texts[at]);
    if (!spaces) known.set(id, spaces = spacesAround(token(id)));
    let start = offsets[2 * at];
    let end = offsets[2 * at + 1];
    const trailing = spaces[1];
    // the one space before all text is the one that was put there
    const leading = prefix && spaces[0] === 1 && (at === 0 || start === 0) ? 0 : spaces[0];
    if (leading > 0) start = Math.min(start + leading, end);
    if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start);
    offsets[2 * at] = start;
    offsets[2 * at + 1] = end;
  });
}

/** Characters of white space at both ends of a token's text. */
function spacesAround(text: string): readonly [leading: number, trailing: number] {
  const characters = [...text];
  const isWord = (character: string) => character !== "Ġ" && !/\p{White_Space}/u.test(character);
  const first = characters.findIndex(isWord);
  if (first < 0) return [characters.length, characters.length];
  return [first, characters.length - 1 - characters.findLastIndex(isWord)];
}
