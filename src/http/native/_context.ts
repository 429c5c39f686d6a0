import type { Context, MiddlewareHandler } from "hono";
import type { z } from "zod";
import type { ReceiptBook, StepRecord } from "../../episode/mod.ts";
import { EddyError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import type { Meters } from "../meters.ts";
import { readJson } from "../read_json.ts";

/** What every native route group is made of. */
export interface Native {
  readonly deps: AppDependencies;
  readonly receipts: ReceiptBook;
  readonly meters: Meters;
  /** The receipt of a step: good for every metric of its agent. */
  sign(step: StepRecord): string;
}

/** An agent as routes meet it. */
export type NamedAgent = AppDependencies["agents"] extends ReadonlyMap<string, infer Agent> ? Agent : never;

/** Reads and checks the body, with the type that Hono's typed client sees. */
export function body<Schema extends z.ZodType>(
  { deps }: Native,
  schema: Schema,
): MiddlewareHandler<
  Record<never, never>,
  string,
  { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }
> {
  return async (c, next) => {
    const read = await readJson(c, schema, deps.limits.bodyBytes);
    c.req.addValidatedData("json", read as Record<string, unknown>);
    await next();
  };
}

/** The agent of a name, or the first where none is told. @throws {EddyError} `request_invalid` With the nearest name. */
export function agentOf(
  { deps: { agents } }: Native,
  name: string | undefined,
): { readonly name: string; readonly agent: NamedAgent } {
  const wanted = name ?? agents.keys().next().value;
  const agent = wanted === undefined ? undefined : agents.get(wanted);
  if (wanted !== undefined && agent) return { name: wanted, agent };
  const known = nearest(name ?? "", [...agents.keys()]);
  throw new EddyError(
    "request_invalid",
    `Cannot answer: there is no agent '${name ?? ""}'${known === undefined ? "" : `; did you mean '${known}'?`}`,
  );
}

/** The key that a request was sent with. */
export function bearer(c: Context): string | undefined {
  return /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

/** Who asks, for records: the name of a key, or `anonymous`. */
export function whoAsks(c: Context, { deps }: Native): string {
  const key = bearer(c);
  return (key === undefined ? undefined : deps.access.verify(key)?.name) ?? "anonymous";
}
