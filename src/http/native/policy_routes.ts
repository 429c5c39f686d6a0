import { Hono } from "hono";
import { z } from "zod";
import { EddyError } from "../../errors.ts";
import type { CentralLoop } from "../../learning/mod.ts";
import type { Assignment, PolicyVersion, PublicationEvent, Store } from "../../store/mod.ts";
import { agentOf, body, type Native, whoAsks } from "./_context.ts";
import { allow } from "./allow.ts";

const version = z.int().min(0).describe("Of the agent's policy.");
/** Body of `POST /v1/policies/:agent/publish`. */
export const PublishBody = z.strictObject({ version }).meta({ id: "Publish", examples: [{ version: 41 }] });
/** Body of `POST /v1/policies/:agent/canary`. */
export const CanaryBody = z.strictObject({
  version,
  share: z.number().gt(0).lt(1).describe("Of the episodes that it answers."),
}).meta({ id: "Canary", examples: [{ version: 41, share: 0.1 }] });
/** Body of `POST /v1/policies/:agent/rollback`. */
export const RollbackBody = z.strictObject({
  version: version.optional().describe("Where to go back to; what was published before unless given."),
}).meta({ id: "Rollback", examples: [{}] });
/** Body of `POST /v1/policies/:agent/resume`. */
export const ResumeBody = z.strictObject({
  learnQuarantined: z.boolean().optional().describe(
    "Learns what came in while it was frozen. Default false: skips it.",
  ),
}).meta({ id: "Resume", examples: [{ learnQuarantined: false }] });

const MOST_VERSIONS = 200;
const MOST_HISTORY = 200;

/** What serves, what could, and what happened. */
interface AgentVersions {
  readonly agent: string;
  readonly assignment: Assignment;
  readonly versions: readonly PolicyVersion[];
  readonly history: readonly PublicationEvent[];
}

/** `/v1/policies`: looking at versions takes the scope `read`, changing what serves takes `manage`. */
// deno-lint-ignore explicit-function-return-type -- the routes' own types are what the typed client reads
export function policyRoutes(native: Native) {
  const { deps } = native;
  const centre = (): { readonly store: Store; readonly loop: CentralLoop } => {
    const { store, loop } = deps;
    if (store && loop) return { store, loop };
    throw new EddyError("request_invalid", "Cannot show policies: this is an edge; ask the centre");
  };
  const describe = async (agent: string): Promise<AgentVersions> => ({
    agent,
    assignment: centre().loop.status(agent).assignment,
    versions: await centre().store.policies.list(agent, MOST_VERSIONS),
    history: await centre().store.policies.history(agent, MOST_HISTORY),
  });
  const name = (param: string): string => agentOf(native, param).name;

  return new Hono()
    .get(
      "/v1/policies",
      allow(native, "read"),
      async (c) => c.json({ agents: await Promise.all([...deps.agents.keys()].map(describe)) }),
    )
    .get("/v1/policies/:agent", allow(native, "read"), async (c) => c.json(await describe(name(c.req.param("agent")))))
    .get("/v1/policies/:agent/:version", allow(native, "read"), async (c) => {
      const [agent, version] = [name(c.req.param("agent")), Number(c.req.param("version"))];
      const kept = Number.isSafeInteger(version) ? await centre().store.policies.get(agent, version) : undefined;
      if (kept) return c.json(kept);
      throw new EddyError(
        "version_missing",
        `Cannot find version '${c.req.param("version").slice(0, 40)}' of '${agent}'`,
      );
    })
    .post("/v1/policies/:agent/publish", allow(native, "manage"), body(native, PublishBody), async (c) => {
      const agent = name(c.req.param("agent"));
      await centre().loop.publish(agent, c.req.valid("json").version, whoAsks(c, native));
      return c.json(await describe(agent));
    })
    .post("/v1/policies/:agent/canary", allow(native, "manage"), body(native, CanaryBody), async (c) => {
      const agent = name(c.req.param("agent"));
      const { version, share } = c.req.valid("json");
      await centre().loop.canary(agent, version, share, whoAsks(c, native));
      return c.json(await describe(agent));
    })
    .post("/v1/policies/:agent/rollback", allow(native, "manage"), body(native, RollbackBody), async (c) => {
      const agent = name(c.req.param("agent"));
      await centre().loop.rollback(agent, c.req.valid("json").version, whoAsks(c, native));
      return c.json(await describe(agent));
    })
    .post("/v1/policies/:agent/resume", allow(native, "manage"), body(native, ResumeBody), async (c) => {
      const agent = name(c.req.param("agent"));
      const { learnQuarantined = false } = c.req.valid("json");
      await centre().loop.resume(agent, { learnQuarantined, by: whoAsks(c, native) });
      return c.json(await describe(agent));
    });
}
