import { Hono } from "hono";
import { z } from "zod";
import { EddyError } from "../../errors.ts";
import type { Store } from "../../store/mod.ts";
import { agentOf, body, type Native } from "./_context.ts";
import { allow } from "./allow.ts";

/** Body of `POST /v1/episodes/:id/end`. */
export const EndBody = z.strictObject({
  agent: z.string().optional().describe("Who acted; the first agent unless given."),
  terminated: z.boolean().optional().describe("True: nothing could follow. False: it was cut off. Default true."),
}).meta({ id: "EpisodeEnd", examples: [{ terminated: true }] });

const MOST = 200;
const Uuid = z.uuid().toLowerCase();

/** `POST /v1/episodes/:id/end`, `GET /v1/episodes`, `GET /v1/episodes/:id`. */
// deno-lint-ignore explicit-function-return-type -- the routes' own types are what the typed client reads
export function episodeRoutes(native: Native) {
  const { deps } = native;
  const store = (): Store => {
    if (deps.store) return deps.store;
    throw new EddyError("request_invalid", "Cannot read episodes: this is an edge; ask the centre");
  };
  const idOf = (text: string): string => {
    const parsed = Uuid.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new EddyError("request_invalid", `Cannot find the episode '${text.slice(0, 80)}': that is no UUID`);
  };
  return new Hono()
    .post("/v1/episodes/:id/end", allow(native, "decide"), body(native, EndBody), async (c) => {
      const { agent, terminated = true } = c.req.valid("json");
      const id = idOf(c.req.param("id"));
      await deps.recorder.endEpisode({ id, agent: agentOf(native, agent).name, endedAt: deps.now(), terminated });
      return c.json({ id, terminated });
    })
    .get("/v1/episodes", allow(native, "read"), async (c) => {
      const limit = Number(c.req.query("limit") ?? 20);
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST) {
        throw new EddyError("request_invalid", `Cannot list episodes: 'limit' is 1 to ${MOST}`);
      }
      return c.json({ episodes: await store().episodes.recent(agentOf(native, c.req.query("agent")).name, limit) });
    })
    .get("/v1/episodes/:id", allow(native, "read"), async (c) => {
      const id = idOf(c.req.param("id"));
      const episode = await store().episodes.get(id);
      if (episode) return c.json(episode);
      throw new EddyError("version_missing", `Cannot find the episode '${id}': it is not kept here`);
    });
}
