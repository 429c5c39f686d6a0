import { z } from "zod";
import { nearest } from "../nearest.ts";

/** More than this many are not told. */
const MOST = 5;

/** What is wrong with a value, for people: where, what, and which known name may have been meant. */
export function explainIssues(error: z.ZodError, schema: z.ZodType, from = ""): string {
  const lines = error.issues.slice(0, MOST).map((issue) => {
    const place = placeOf(issue.path, from);
    if (issue.code !== "unrecognized_keys") return `${place || "the body"}: ${lowerFirst(issue.message)}`;
    const known = namesAt(schema, issue.path);
    return issue.keys.slice(0, MOST).map((key) => {
      const guess = nearest(key.slice(0, 80), known);
      return `${place ? `${place}: ` : ""}'${key.slice(0, 80)}' is not known${
        guess ? `; did you mean '${guess}'?` : ""
      }`;
    }).join("; ");
  });
  const more = error.issues.length - lines.length;
  return lines.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function placeOf(path: readonly PropertyKey[], from: string): string {
  return path.reduce<string>(
    (at, part) => typeof part === "number" ? `${at}[${part}]` : at === "" ? String(part) : `${at}.${String(part)}`,
    from,
  );
}

/** Names of the object that stands at `path` of a schema. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = path.reduce<z.ZodType | undefined>((inner, part) => {
    const known = inner && unwrap(inner);
    if (known instanceof z.ZodArray) return known.element as z.ZodType;
    return known instanceof z.ZodObject ? known.shape[String(part)] : undefined;
  }, schema);
  const known = at && unwrap(at);
  return known instanceof z.ZodObject ? Object.keys(known.shape) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
