import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import { explainIssues } from "./_explain_issues.ts";
import { readJson } from "./_read_json.ts";
import type { AppEnvironment } from "./app_environment.ts";
import { Refusal } from "./refusal.ts";

/** What a schema makes of a body, for the handler and for typed clients. */
type Validates<In, Out> = MiddlewareHandler<AppEnvironment, string, { in: { json: In }; out: { json: Out } }>;

/** How bodies are read. */
export interface JsonBodyOptions {
  /** Longest body, in bytes. */
  readonly bodyBytes: number;
  /** Whether no body at all is an empty object. */
  readonly optional?: boolean;
}

/** One value, or a list of them that share one commit. */
export interface OneOrMany<Item> {
  /** Whether a list was sent: then a list is answered. */
  readonly many: boolean;
  /** At least one. */
  readonly items: readonly Item[];
}

/** Validates the body of a request: `c.req.valid("json")` is what the schema makes of it. @throws {Refusal} As `readJson`. */
export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
  { bodyBytes, optional = false }: JsonBodyOptions,
): Validates<z.input<Schema>, z.output<Schema>> {
  return async (c, next) => {
    const empty = optional && (!c.req.raw.body || c.req.header("content-length") === "0");
    const value = empty ? {} : await readJson(c.req.raw, bodyBytes);
    c.req.addValidatedData("json", check(schema, value) as object);
    await next();
  };
}

/** As {@linkcode jsonBody}, for one value or a list of 1 to `most`. */
export function oneOrManyBody<Schema extends z.ZodType>(
  schema: Schema,
  { bodyBytes, most }: JsonBodyOptions & { readonly most: number },
): Validates<z.input<Schema> | z.input<Schema>[], OneOrMany<z.output<Schema>>> {
  return async (c, next) => {
    const value = await readJson(c.req.raw, bodyBytes);
    const many = Array.isArray(value);
    const values = many ? value : [value];
    if (values.length === 0 || values.length > most) {
      throw new Refusal("request_invalid", `Cannot read the body: it lists ${values.length}, 1 to ${most} can be sent`);
    }
    const items = values.map((item, index) => check(schema, item, many ? `[${index}]` : ""));
    c.req.addValidatedData("json", { many, items } satisfies OneOrMany<z.output<Schema>>);
    await next();
  };
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, from?: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal("request_invalid", `Cannot read the body: ${explainIssues(parsed.error, schema, from)}`);
}
