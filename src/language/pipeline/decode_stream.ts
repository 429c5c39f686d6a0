import type { TextStream } from "../tokenizer.ts";

const BROKEN = "\uFFFD";

/**
 * A stream over a decoder that looks at neighbours: it decodes the tokens since the last whole text together with those
 * of that text, and gives what came after it.
 */
export function decodeStream(decode: (ids: readonly number[]) => string): TextStream {
  let ids: number[] = [];
  /** Tokens whose text was given. */
  let given = 0;
  let prefix = "";

  function rest(text: string): string {
    // broken bytes after whole ones can change how all of them are read: then the new ones count alone
    return text.startsWith(prefix) ? text.slice(prefix.length) : decode(ids.slice(given));
  }

  function take(text: string): string {
    const part = rest(text);
    ids = ids.slice(given);
    prefix = decode(ids);
    given = ids.length;
    return part;
  }

  return {
    push(id): string | undefined {
      if (prefix === "" && ids.length > 0) {
        const text = decode(ids);
        if (!text.endsWith(BROKEN)) {
          prefix = text;
          given = ids.length;
        }
      }
      ids.push(id);
      const text = decode(ids);
      return text.length > prefix.length && !text.endsWith(BROKEN) ? take(text) : undefined;
    },
    finish(): string {
      const part = rest(decode(ids));
      ids = [];
      given = 0;
      prefix = "";
      return part;
    },
    [Symbol.dispose]: () => {},
  };
}
