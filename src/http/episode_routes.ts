import { Hono } from "hono";
import { z } from "zod";
import { findAgent } from "./_find_agent.ts";
import { keptBy } from "./_kept_by.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import { jsonBody } from "./json_body.ts";
import { query } from "./query.ts";
import { Refusal } from "./refusal.ts";
import { EpisodeId, Limit, Name } from "./request_schemas.ts";
import { requireScope } from "./require_scope.ts";

/** How an episode ended. */
export const EndBody = z.strictObject({
  agent: Name.optional().describe("Whose it is; that of its steps, else the first agent, unless given."),
  terminated: z.boolean().default(true).describe("False where it was cut off."),
}).meta({ id: "EpisodeEnd", examples: [{ terminated: true }] });

/** Which episodes. */
export const EpisodesQuery = z.strictObject({ agent: Name.optional(), limit: Limit.default(50) });

/** `POST /v1/episodes/:id/end`, `GET /v1/episodes/:id`, `GET /v1/episodes`. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function episodeRoutes(deps: AppDependencies) {
  const { bodyBytes } = deps.limits;
  return new Hono<AppEnvironment>()
    .post(
      "/v1/episodes/:id/end",
      requireScope("decide"),
      jsonBody(EndBody, { bodyBytes, optional: true }),
      async (c) => {
        const { agent, terminated } = c.req.valid("json");
        const id = episodeId(c.req.param("id"));
        const { served } = findAgent(deps, agent ?? (await deps.store?.steps.ofEpisode(id))?.[0]?.agent);
        const ended = { id, agent: served.name, endedAt: deps.now(), terminated };
        await deps.recorder.endEpisode(ended);
        return c.json(ended);
      },
    )
    .get("/v1/episodes/:id", requireScope("read"), async (c) => {
      const id = episodeId(c.req.param("id"));
      const episode = await keptBy(deps).episodes.get(id);
      if (!episode) throw new Refusal("not_found", `Cannot find the episode '${id}'`);
      return c.json(episode);
    })
    .get("/v1/episodes", requireScope("read"), query(EpisodesQuery), async (c) => {
      const { agent, limit } = c.req.valid("query");
      const { served } = findAgent(deps, agent);
      return c.json({ episodes: await keptBy(deps).episodes.recent(served.name, limit) });
    });
}

function episodeId(text: string): string {
  if (EpisodeId.safeParse(text).success) return text;
  throw new Refusal("request_invalid", "Cannot find the episode: its id is 1 to 128 printable characters");
}
