/** Nothing may follow here by this byte. */
export const FORBIDDEN = -1;
/** A call begins after this byte. */
export const CALL = -2;

/** Text before calls of tools, byte by byte: an automaton that knows where one begins. */
export interface FreeText {
  /** Names it: two of one name are alike. */
  readonly name: string;
  /** The state after a byte, or {@linkcode FORBIDDEN}, or {@linkcode CALL}. It begins at 0. */
  step(state: number, byte: number): number;
}

/** Fields that an object of a call may begin with. */
const FIELDS = ["name", "arguments", "parameters", "id", "type", "function"];
const [SPACES, OPEN] = [0, 1];

/**
 * Text up to a mark that begins a call.
 *
 * @param spelled Whether its letters begin the call; else they may not be written, because a token stands for them.
 */
export function textBefore(mark: string, spelled: boolean): FreeText {
  const next = search(mark);
  return {
    name: `${spelled ? "before" : "without"} ${mark}`,
    step(state, byte): number {
      const after = next(state, byte);
      return mark === "" || after < mark.length ? after : spelled ? CALL : FORBIDDEN;
    },
  };
}

/** {@linkcode textBefore} that does not begin with the object of a call either: that is one without any mark. */
export function textWithoutObject(mark: string, spelled: boolean): FreeText {
  const inside = textBefore(mark, spelled);
  const beginnings = [...new Set(FIELDS.flatMap((field) => [...field, ""].map((_, end) => field.slice(0, end))))];
  const [field, free] = [2, 2 + beginnings.length];
  const anywhere = (state: number, byte: number): number => {
    const after = inside.step(state, byte);
    return after < 0 ? after : free + after;
  };
  return {
    name: `no object, ${inside.name}`,
    step(state, byte): number {
      if (state >= free) return anywhere(state - free, byte);
      const character = String.fromCharCode(byte);
      // white space of more than one byte is white space here, and so is any other such character
      const isSpace = /\s/.test(character) || state === SPACES && byte >= 0x80;
      if (state === SPACES || state === OPEN) {
        if (isSpace) return state;
        if (state === SPACES && character === "{") return OPEN;
        return state === OPEN && character === '"' ? field + beginnings.indexOf("") : anywhere(0, byte);
      }
      const before = beginnings[state - field];
      if (character === '"' && FIELDS.includes(before)) return FORBIDDEN;
      const longer = beginnings.indexOf(before + character);
      return longer < 0 ? anywhere(0, byte) : field + longer;
    },
  };
}

/** How much of the mark the text ends with, after one more byte (Knuth, Morris and Pratt). */
function search(mark: string): (matched: number, byte: number) => number {
  const bytes = new TextEncoder().encode(mark);
  const shorter = [0];
  const next = (matched: number, byte: number): number => {
    let at = matched;
    while (at > 0 && bytes[at] !== byte) at = shorter[at - 1];
    return bytes[at] === byte ? at + 1 : 0;
  };
  for (let at = 1; at < bytes.length; at++) shorter.push(next(shorter[at - 1], bytes[at]));
  return next;
}
