import { Hono } from "hono";
import { z } from "zod";
import type { CentralLoop } from "../learning/mod.ts";
import type { Assignment } from "../store/mod.ts";
import { findAgent, type HeldAgent } from "./_find_agent.ts";
import { keptBy } from "./_kept_by.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment, Caller } from "./app_environment.ts";
import { jsonBody } from "./json_body.ts";
import { query } from "./query.ts";
import { Refusal } from "./refusal.ts";
import { Limit, Version } from "./request_schemas.ts";
import { requireScope } from "./require_scope.ts";

/** Serves a version to everyone. */
export const PublishBody = z.strictObject({ version: Version }).meta({ id: "PolicyPublish" });
/** Puts a version on trial. */
export const CanaryBody = z.strictObject({
  version: Version,
  share: z.number().gt(0).lt(1).describe("Of episodes, in (0, 1)."),
}).meta({ id: "PolicyCanary" });
/** Goes back. */
export const RollbackBody = z.strictObject({
  version: Version.optional().describe("The one published before unless given."),
}).meta({ id: "PolicyRollback" });
/** Lifts a freeze. */
export const ResumeBody = z.strictObject({
  learnQuarantined: z.boolean().default(false).describe("Whether to learn from what came in while it was frozen."),
}).meta({ id: "PolicyResume" });
/** How many versions and lines of history. */
export const PolicyQuery = z.strictObject({ limit: Limit.default(100) });

/** What serves an agent's requests. */
interface Serving {
  readonly agent: string;
  readonly kind: HeldAgent["served"]["kind"];
  readonly assignment: Assignment;
  readonly installed: readonly number[];
}

/** `/v1/policies`: what is served, which versions there are, and what an operator can do about it. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function policyRoutes(deps: AppDependencies) {
  const { bodyBytes } = deps.limits;
  const [mayRead, mayManage] = [requireScope("read"), requireScope("manage")];
  const nameOf = (agent: string): string => findAgent(deps, agent).served.name;
  const serving = ({ served: { name, kind, assignment, installed } }: HeldAgent): Serving => ({
    agent: name,
    kind,
    assignment,
    installed,
  });
  const managed = (agent: string): { readonly agent: string; readonly assignment: Assignment } => ({
    agent,
    assignment: learning(deps).status(agent).assignment,
  });

  return new Hono<AppEnvironment>()
    .get("/v1/policies", mayRead, (c) => c.json({ policies: [...deps.agents.values()].map(serving) }))
    .get("/v1/policies/:agent", mayRead, query(PolicyQuery), async (c) => {
      const agent = findAgent(deps, c.req.param("agent"));
      const { limit } = c.req.valid("query");
      const { policies } = keptBy(deps);
      const [versions, history] = await Promise.all([
        policies.list(agent.served.name, limit),
        policies.history(agent.served.name, limit),
      ]);
      return c.json({ ...serving(agent), versions, history });
    })
    .get("/v1/policies/:agent/:version", mayRead, async (c) => {
      const agent = nameOf(c.req.param("agent"));
      const version = Version.safeParse(Number(c.req.param("version")));
      if (!version.success) {
        throw new Refusal("request_invalid", "Cannot find the version: it is a whole number from 0");
      }
      const kept = await keptBy(deps).policies.get(agent, version.data);
      if (!kept) throw new Refusal("not_found", `Cannot find version ${version.data} of '${agent}'`);
      return c.json(kept);
    })
    .post("/v1/policies/:agent/publish", mayManage, jsonBody(PublishBody, { bodyBytes }), async (c) => {
      const agent = nameOf(c.req.param("agent"));
      await learning(deps).publish(agent, c.req.valid("json").version, nameOfCaller(c.get("caller")));
      return c.json(managed(agent));
    })
    .post("/v1/policies/:agent/canary", mayManage, jsonBody(CanaryBody, { bodyBytes }), async (c) => {
      const agent = nameOf(c.req.param("agent"));
      const { version, share } = c.req.valid("json");
      await learning(deps).canary(agent, version, share, nameOfCaller(c.get("caller")));
      return c.json(managed(agent));
    })
    .post(
      "/v1/policies/:agent/rollback",
      mayManage,
      jsonBody(RollbackBody, { bodyBytes, optional: true }),
      async (c) => {
        const agent = nameOf(c.req.param("agent"));
        await learning(deps).rollback(agent, c.req.valid("json").version, nameOfCaller(c.get("caller")));
        return c.json(managed(agent));
      },
    )
    .post("/v1/policies/:agent/resume", mayManage, jsonBody(ResumeBody, { bodyBytes, optional: true }), async (c) => {
      const agent = nameOf(c.req.param("agent"));
      const { learnQuarantined } = c.req.valid("json");
      await learning(deps).resume(agent, { learnQuarantined, by: nameOfCaller(c.get("caller")) });
      return c.json(managed(agent));
    });
}

function learning({ loop }: AppDependencies): CentralLoop {
  if (loop) return loop;
  throw new Refusal("not_found", "Cannot manage policies here: nothing learns in this place; ask the centre");
}

function nameOfCaller({ name }: Caller): string {
  return name ?? "anonymous";
}
