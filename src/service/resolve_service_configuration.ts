import type { z } from "zod";
import type { AgentConfiguration } from "../agent/mod.ts";
import { RESERVED_METRICS } from "../episode/mod.ts";
import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { SERVICE_SCHEMA } from "./_schema.ts";
import type { ServiceConfiguration } from "./service_configuration.ts";

/**
 * A configuration with every default filled in, or one sentence that says what is wrong with it.
 *
 * @param input What a file or a caller says: see `ServiceConfigurationInput`.
 * @throws {EddyError} `configuration_invalid` If a value is of the wrong kind, a key is unknown (the nearest known one is
 * named), or parts contradict each other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resolveServiceConfiguration } from "@eddy/eddy";
 * const { agents, store } = resolveServiceConfiguration({
 *   agents: { router: { policy: { kind: "reward-model", options: { model: "logistic" } }, candidates: ["small", "large"] } },
 * });
 * assert.ok(agents.router.learnsFrom === "correct" && store.kind === "sqlite");
 * ```
 */
export function resolveServiceConfiguration(input: unknown): ServiceConfiguration {
  const parsed = SERVICE_SCHEMA.safeParse(input);
  if (!parsed.success) throw refuse(explain(parsed.error.issues[0], input));
  const { agents, ...rest } = parsed.data;
  if (Object.keys(agents).length === 0) throw refuse("'agents' names no agent");
  const resolved = Object.fromEntries(
    Object.entries(agents).map(([name, agent]) => [name, resolveAgent(name, agent)]),
  );
  if (rest.http.access === "open" && !isLoopback(rest.http.host)) {
    throw refuse(
      `'http.access' is 'open' and 'http.host' is '${rest.http.host}': anyone could decide, judge and publish; ` +
        "set http.access to 'keys' and make a key with 'eddy keys', or listen on 127.0.0.1",
    );
  }
  return { agents: resolved, ...rest };
}

type ParsedAgent = z.infer<typeof SERVICE_SCHEMA>["agents"][string];

function resolveAgent(name: string, agent: ParsedAgent): AgentConfiguration {
  const metrics = Object.keys(agent.metrics);
  const reserved = metrics.find((metric) => (RESERVED_METRICS as readonly string[]).includes(metric));
  if (reserved) throw refuse(`'agents.${name}.metrics.${reserved}' is a name that every agent has anyway`);
  const learnsFrom = agent.learnsFrom ?? metrics[0];
  if (learnsFrom === undefined) throw refuse(`'agents.${name}.metrics' declares no metric to learn from`);
  if (!metrics.includes(learnsFrom)) {
    throw refuse(
      `'agents.${name}.learnsFrom' is '${learnsFrom}', which is no metric of it; did you mean '${
        nearest(learnsFrom, metrics)
      }'?`,
    );
  }
  const { policy } = agent;
  const belief = policy.kind === "reward-model" && policy.options.model === "belief" ? policy.options : undefined;
  const foreign = belief && agent.candidates?.find((candidate) => !belief.actions.includes(candidate));
  if (foreign !== undefined) {
    throw refuse(`'agents.${name}.candidates' has '${foreign}', which is none of 'policy.options.actions'`);
  }
  return {
    ...agent,
    // Frozen: stores and policies know a list that cannot change by its identity.
    candidates: Object.freeze(agent.candidates ?? belief?.actions),
    learnsFrom,
    exploration: agent.exploration ?? defaultExploration(policy),
  };
}

/** Scores of a belief model differ less than this between actions of which it knows as little. */
const BELIEF_TIES = 0.05;

/**
 * Belief models explore by what they believe of untried actions; policies by sampling; others by their gaps. Among actions
 * that mean nothing, those untried are nearly equal: the published version, which learns with a delay, takes one of them by
 * lot instead of the same one again until it has heard that it failed.
 */
function defaultExploration(policy: ParsedAgent["policy"]): AgentConfiguration["exploration"] {
  if (policy.kind === "checkpoint") return { kind: "softmax", temperature: 1 };
  if (policy.options.model === "logistic") return { kind: "inverse-gap" };
  return policy.options.candidates === "ids" ? { kind: "softmax", temperature: BELIEF_TIES } : { kind: "greedy" };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** One issue as a sentence. */
function explain(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.join(".");
  const place = `'${path}'`;
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    const known = nearest(key, knownKeys(issue.path, input));
    return `${path === "" ? `'${key}'` : `'${path}.${key}'`} is unknown${known ? `; did you mean '${known}'?` : ""}`;
  }
  if (issue.code === "invalid_union" && issue.discriminator) {
    const options = (issue as { readonly options?: readonly unknown[] }).options;
    return `${place} is not one of those known${options ? ` (${options.join(", ")})` : ""}`;
  }
  if (issue.code === "invalid_type" && path === "") return "it is not an object";
  if (issue.code === "invalid_type" && valueAt(input, issue.path) === undefined) return `${place} is missing`;
  return `${place}: ${issue.message}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

/** Keys that could stand at a path: those of the schema there. */
function knownKeys(path: readonly PropertyKey[], input: unknown): string[] {
  let schema: unknown = SERVICE_SCHEMA;
  let value = input;
  for (const key of path) {
    const { def } = unwrap(schema);
    value = (value as Record<PropertyKey, unknown>)?.[key];
    schema = def.shape?.[key as string] ?? def.valueType ?? def.element;
    schema = branch(schema, value);
  }
  return Object.keys(unwrap(schema).def.shape ?? {});
}

interface Schema {
  readonly def: {
    readonly shape?: Record<string, unknown>;
    readonly valueType?: unknown;
    readonly element?: unknown;
    readonly innerType?: unknown;
    readonly options?: readonly unknown[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
}

/** Takes away what defaults and options wrap around a schema. */
function unwrap(schema: unknown): Schema {
  let current = schema as Schema | undefined;
  while (current?.def.innerType) current = current.def.innerType as Schema;
  return current ?? { def: {} };
}

/** The member of a union that a value names. */
function branch(schema: unknown, value: unknown): unknown {
  const { def } = unwrap(schema);
  if (!def.options || !def.discriminator) return schema;
  const named = (value as Record<string, unknown> | undefined)?.[def.discriminator];
  return def.options.find((option) =>
    unwrap(unwrap(option).def.shape?.[def.discriminator!]).def.values?.includes(named)
  ) ?? schema;
}

function refuse(state: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot use the configuration: ${state}`);
}
