import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import { explainIssues } from "./_explain_issues.ts";
import type { AppEnvironment } from "./app_environment.ts";
import { Refusal } from "./refusal.ts";

/** Validates the query of a request: `c.req.valid("query")`. Unknown and repeated parameters are refused. */
export function query<Schema extends z.ZodObject>(
  schema: Schema,
): MiddlewareHandler<AppEnvironment, string, {
  in: { query: { [Name in keyof z.input<Schema>]: string } };
  out: { query: z.output<Schema> };
}> {
  return async (c, next) => {
    const all = c.req.queries();
    const repeated = Object.keys(all).find((name) => all[name].length > 1);
    if (repeated !== undefined) throw invalid(`'${repeated.slice(0, 80)}' stands twice`);
    const parsed = schema.safeParse(c.req.query());
    if (!parsed.success) throw invalid(explainIssues(parsed.error, schema));
    c.req.addValidatedData("query", parsed.data);
    await next();
  };
}

function invalid(what: string): Refusal {
  return new Refusal("request_invalid", `Cannot read the query: ${what}`);
}
