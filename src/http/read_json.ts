import type { Context } from "hono";
import { z } from "zod";
import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** Objects and lists inside each other, at most. */
const DEEPEST = 32;

/** A body that is longer than what is taken. */
export class BodyTooLarge extends Error {
  /** The class, for logs. */
  override readonly name = "BodyTooLarge";
}

/**
 * The body of a request, read and checked.
 *
 * @throws {EddyError} `request_invalid` If it is not UTF-8, not JSON, or not what the schema says.
 * @throws {BodyTooLarge} If it is longer than `longest` bytes, told or counted.
 */
export async function readJson<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  longest: number,
): Promise<z.infer<Schema>> {
  return checked(parse(await readText(c.req.raw, longest)), schema);
}

async function readText(request: Request, longest: number): Promise<string> {
  const told = request.headers.get("content-length");
  if (told !== null && Number(told) > longest) throw new BodyTooLarge();
  // A body with a length was counted by the server; one without is counted here.
  const bytes = told === null ? await readCounted(request, longest) : new Uint8Array(await request.arrayBuffer());
  if (bytes.length > longest) throw new BodyTooLarge();
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalid("the body is not UTF-8");
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

async function readCounted(request: Request, longest: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > longest) throw new BodyTooLarge();
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) whole.set(part, at), at += part.length;
  return whole;
}

function parse(text: string): unknown {
  if (text.trim() === "") throw invalid("there is no body; send JSON");
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw invalid(`the body is not JSON: ${message.slice(0, 160)}`);
  }
}

function checked<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  if (isDeeper(value, DEEPEST)) throw invalid(`the body is nested more than ${DEEPEST} deep`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(explain(parsed.error.issues[0], schema));
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeeper(inner, left - 1));
}

/** The first thing that is wrong, in a sentence. */
function explain(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.code === "invalid_union" && issue.errors?.length) {
    // The member of the union that fits best is the one whose complaint lies deepest.
    const depth = (issues: readonly z.core.$ZodIssue[]): number => issues[0]?.path.length ?? 0;
    const best = issue.errors.reduce((a, b) => depth(b) > depth(a) ? b : a);
    if (best.length > 0) return explain({ ...best[0], path: [...issue.path, ...best[0].path] }, schema);
  }
  const place = issue.path.length > 0 ? `'${issue.path.join(".")}'` : "the body";
  if (issue.code === "unrecognized_keys") {
    const known = nearest(issue.keys[0], namesIn(schema));
    return `'${[...issue.path, issue.keys[0]].join(".")}' is unknown${known ? `; did you mean '${known}'?` : ""}`;
  }
  return `${place}: ${issue.message}`;
}

/** Every property name that a schema holds somewhere. */
function namesIn(schema: z.ZodType): string[] {
  const described = JSON.stringify(z.toJSONSchema(schema, { unrepresentable: "any" }));
  return [...described.matchAll(/"properties":\{|"(\w+)":\{/g)].flatMap(([, name]) => name ? [name] : []);
}

function invalid(state: string): EddyError {
  return new EddyError("request_invalid", `Cannot read the request: ${state}`);
}
