import { invalidConstraint } from "./invalid_constraint.ts";

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** True for what JSON writes in braces. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The schema that a reference names: `#`, `#/pointer` or `#anchor` within one document.
 *
 * @throws {EddyError} `constraint_invalid` If it leads out of the document, or to nothing.
 */
export function referenced(root: unknown, reference: string, where: string): unknown {
  const refuse = (what: string) => invalidConstraint(`'${where}' refers to '${reference.slice(0, 120)}', ${what}`);
  if (!reference.startsWith("#")) throw refuse("which is outside of the schema");
  let fragment: string;
  try {
    fragment = decodeURIComponent(reference.slice(1));
  } catch {
    throw refuse("which is no reference");
  }
  if (fragment !== "" && !fragment.startsWith("/")) {
    const found = anchored(root, fragment);
    if (found === undefined) throw refuse("which is not there");
    return found;
  }
  let at: unknown = root;
  for (const part of fragment.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at) && /^(?:0|[1-9]\d*)$/.test(key)) at = at[Number(key)];
    else at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  if (typeof at !== "boolean" && !isRecord(at)) throw refuse("which is not there");
  return at;
}

function anchored(root: unknown, name: string): unknown {
  const waiting = [root];
  for (let seen = 0; seen < waiting.length; seen++) {
    const at = waiting[seen];
    if (Array.isArray(at)) waiting.push(...at);
    else if (isRecord(at)) {
      if (at.$anchor === name) return at;
      waiting.push(...Object.values(at));
    }
  }
  return undefined;
}
