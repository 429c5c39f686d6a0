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
  ids: number[];
  /** start0, end0, ... */
  offsets: number[];
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
  const nowhere = (ids: readonly number[]) => ids.flatMap(() => [0, 0]);
  return (encoding, addSpecial) => {
    if (!addSpecial) return;
    encoding.ids = before.concat(encoding.ids, after);
    encoding.texts = new Array<string | undefined>(before.length).fill(undefined).concat(encoding.texts);
    encoding.offsets = nowhere(before).concat(encoding.offsets, nowhere(after));
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
  for (const [at, id] of ids.entries()) {
    const characters = [...(texts[at] ?? token(id))];
    const isSpace = (character: string) => character === "Ġ" || /\p{White_Space}/u.test(character);
    const word = characters.findIndex((character) => !isSpace(character));
    let leading = word < 0 ? characters.length : word;
    const trailing = characters.length - 1 - characters.findLastIndex((character) => !isSpace(character));
    let [start, end] = [offsets[2 * at], offsets[2 * at + 1]];
    // the one space before all text is the one that was put there
    if (prefix && leading === 1 && (at === 0 || start === 0)) leading = 0;
    if (leading > 0) start = Math.min(start + leading, end);
    if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start);
    offsets[2 * at] = start;
    offsets[2 * at + 1] = end;
  }
}
