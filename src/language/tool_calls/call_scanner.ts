/** What became known of a call by its next characters. */
export type CallEvent =
  | { readonly kind: "name"; readonly name: string; readonly id?: string }
  /** More of the arguments, as they are written. */
  | { readonly kind: "arguments"; readonly text: string }
  /** The object is whole; `valid` when it is JSON and a call. */
  | { readonly kind: "end"; readonly valid: boolean; readonly call?: WrittenCall }
  /** It is no object, or one without a name. */
  | { readonly kind: "broken" };

/** A call as it was written. */
export interface WrittenCall {
  /** Name of the tool. */
  readonly name: string;
  /** Values by argument name. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the model calls it by, in families that do. */
  readonly id?: string;
}

/** Reads one call, character by character. */
export interface CallScanner {
  /** Takes characters from the front of `text`; `taken` of them belong to the call. */
  read(text: string): { readonly events: CallEvent[]; readonly taken: number };
  /** All that was taken. */
  readonly written: () => string;
}

const ARGUMENTS = ["arguments", "parameters"];

/**
 * A scanner of `{"name": ..., "arguments": {...}}`, with `parameters` for `arguments` and any other fields.
 *
 * @param known The name where it stood before the object, which then is the arguments.
 */
export function callScanner(known?: { readonly name: string; readonly id?: string }): CallScanner {
  let all = "";
  let depth = 0;
  let inString = false;
  let escaped = false;
  let stringStart = 0;
  /** Field of the outermost object whose value is being read. */
  let field: string | undefined;
  let valueStart = -1;
  let lastString: string | undefined;
  let name: string | undefined;
  let id: string | undefined;
  let named = false;
  /** Arguments: where they begin, how much of them was told, where they end. */
  let begin = -1;
  let told = -1;
  let end = -1;

  function unquoted(text: string): string | undefined {
    try {
      return JSON.parse(text) as string;
    } catch {
      return undefined; // the whole will be invalid, too
    }
  }

  function tellArguments(events: CallEvent[], upTo: number): void {
    if (!named || begin < 0) return;
    const until = end >= 0 ? end : upTo;
    if (until > told) events.push({ kind: "arguments", text: all.slice(told, until) });
    told = Math.max(told, until);
  }

  /** The value of the outermost object's field is whole. */
  function closeValue(at: number): void {
    if (field === "name") name = lastString;
    if (field === "id") id = lastString;
    if (!known && field !== undefined && ARGUMENTS.includes(field) && end < 0) end = all.slice(0, at).trimEnd().length;
    field = undefined;
    valueStart = -1;
  }

  function step(character: string, at: number, events: CallEvent[]): boolean {
    if (inString) {
      if (escaped) escaped = false;
      else if (character === "\\") escaped = true;
      else if (character === '"') {
        inString = false;
        if (depth === 1) lastString = unquoted(all.slice(stringStart, at + 1));
      }
      return false;
    }
    if (/\s/.test(character)) return false;
    if (depth === 1 && field !== undefined && valueStart < 0 && character !== ",") {
      valueStart = at;
      if (ARGUMENTS.includes(field) && begin < 0) begin = told = at;
    }
    if (character === '"') {
      inString = true;
      stringStart = at;
    } else if (character === ":" && depth === 1 && field === undefined) {
      field = lastString ?? "";
      lastString = undefined;
    } else if (character === "{" || character === "[") {
      depth += 1;
    } else if (character === "}" || character === "]") {
      if (depth === 1) closeValue(at);
      depth -= 1;
    } else if (character === "," && depth === 1) {
      closeValue(at);
    }
    if (name !== undefined && !named && (begin >= 0 || depth === 0)) {
      named = true;
      events.push(id === undefined ? { kind: "name", name } : { kind: "name", name, id });
    }
    return depth === 0;
  }

  return {
    written: () => all,
    read(text): ReturnType<CallScanner["read"]> {
      const events: CallEvent[] = [];
      for (let taken = 0; taken < text.length; taken++) {
        const character = text[taken];
        const at = all.length;
        if (at === 0 && character !== "{") return { events: [{ kind: "broken" }], taken };
        if (at === 0 && known) {
          named = true;
          begin = told = 0;
          events.push({ kind: "name", ...known });
        }
        all += character;
        if (!step(character, at, events)) continue;
        tellArguments(events, known ? all.length : at);
        const call = readCall(known ? `${JSON.stringify(known).slice(0, -1)}, "arguments": ${all}}` : all);
        events.push(named ? { kind: "end", valid: call !== undefined, call } : { kind: "broken" });
        return { events, taken: taken + 1 };
      }
      tellArguments(events, all.length);
      return { events, taken: text.length };
    },
  };
}

/** The call of a JSON text, or undefined. Arguments may be an object, or JSON of one in a text. */
export function readCall(text: string): WrittenCall | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // malformed calls are ordinary words of an agent
  }
  if (!isRecord(value) || typeof value.name !== "string") return undefined;
  let given = value.arguments ?? value.parameters ?? {};
  if (typeof given === "string") {
    try {
      given = JSON.parse(given);
    } catch {
      return undefined;
    }
  }
  if (!isRecord(given)) return undefined;
  const id = typeof value.id === "string" ? { id: value.id } : {};
  return { name: value.name, arguments: given, ...id };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
