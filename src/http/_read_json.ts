import { scanJson } from "./_scan_json.ts";
import { Refusal } from "./refusal.ts";

/** Deeper than anything that is asked; every reader of the value may recurse. */
const DEEPEST = 32;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The body of a request as a JSON value that means the same to every reader.
 *
 * @param longest Bytes; also of bodies that do not say how long they are.
 * @throws {Refusal} `content_type_unsupported` If it is not called JSON; `body_too_large`; `request_invalid` If it is no
 * JSON, no UTF-8, too deep, has a name twice, or a text that no database can keep (U+0000, half a surrogate pair).
 */
export async function readJson(request: Request, longest: number): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (!type || !JSON_TYPE.test(type)) {
    throw new Refusal(
      "content_type_unsupported",
      `Cannot read the body: its content type is ${type ? `'${type.slice(0, 80)}'` : "not told"}; ` +
        "send 'content-type: application/json'",
    );
  }
  const text = decode(await readBytes(request, longest));
  const { depth, badName } = scanJson(text);
  if (depth > DEEPEST) throw invalid(`it is nested deeper than ${DEEPEST}`);
  const value = parse(text);
  if (badName === "__proto__") throw invalid("'__proto__' is no name of anything");
  if (badName !== undefined) throw invalid(`the name '${badName.slice(0, 80)}' stands twice in one object`);
  // Only an escape can write what UTF-8 cannot.
  if (text.includes("\\u") && !isKeepable(value)) {
    throw invalid("a text holds U+0000 or half a surrogate pair, which cannot be kept");
  }
  return value;
}

async function readBytes(request: Request, longest: number): Promise<Uint8Array> {
  const told = Number(request.headers.get("content-length") ?? NaN);
  if (told > longest) throw tooLarge(longest);
  // Not to ask for `body` spares a stream: a body that says how long it is comes as a whole.
  if (Number.isSafeInteger(told)) {
    const bytes = new Uint8Array(await request.arrayBuffer().catch(brokenBody));
    if (bytes.length > longest) throw tooLarge(longest);
    return bytes;
  }
  if (!request.body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(brokenBody);
    if (done) break;
    length += value.length;
    if (length > longest) {
      await reader.cancel();
      throw tooLarge(longest);
    }
    parts.push(value);
  }
  return concatenate(parts, length);
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid("it is not UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === "") throw invalid("it is empty");
    // The parser quotes what it reads; where it stands is enough.
    const place = /position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw invalid(`it is not JSON${place ? `, see ${place}` : ""}`);
  }
}

function isKeepable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isKeepable(name) && isKeepable(inner));
}

function brokenBody(): never {
  throw invalid("it ended early");
}

function tooLarge(longest: number): Refusal {
  return new Refusal("body_too_large", `Cannot read the body: it has more than ${longest} bytes`);
}

function invalid(what: string): Refusal {
  return new Refusal("request_invalid", `Cannot read the body: ${what}`);
}
