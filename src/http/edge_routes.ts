import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { EddyError } from "../errors.ts";
import { edgeVersions } from "./_edge_versions.ts";
import { followers } from "./_followers.ts";
import { ingestBody } from "./_ingest_body.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { IngestAnswer } from "./edge_messages.ts";
import { Refusal } from "./refusal.ts";
import { requireScope } from "./require_scope.ts";

/** How the centre answers edges. */
export interface EdgeRoutesOptions {
  /** Milliseconds between two signs of life on a quiet stream. Default 5000. */
  readonly heartbeatMs?: number;
  /** Ends the streams of those that follow. */
  readonly closing?: AbortSignal;
}

/** Bytes of a batch; one with a single item may have as many as two requests of a client. */
const LONGEST_BATCH = 4 * 1024 * 1024;

/** A year: what is named by its hash never changes. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * What the centre offers its edges: `POST /v1/edge/ingest` takes what they acknowledged, `GET /v1/edge/agents/:agent`,
 * `/v1/edge/snapshots/:hash` and `/v1/edge/follow` (events) tell them what to serve, `GET /v1/edge/keys` whom to let in (the
 * hashes; keys are kept nowhere). An application without a store and a loop has none of them. An edge has
 * `GET /v1/edge/status`: what waits for the centre, and for how many seconds it has not been heard.
 *
 * Ingest needs the scopes `decide` and `feedback`, the keys these and `read`, the others `read`.
 */
export function edgeRoutes(
  deps: AppDependencies,
  { heartbeatMs = 5000, closing }: EdgeRoutesOptions = {},
): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  const { agents, edgeStatus, limits, loop, recorder, store } = deps;
  if (edgeStatus) app.get("/v1/edge/status", requireScope("read"), (c) => c.json(edgeStatus()));
  if (!loop || !store) return app;
  const versions = edgeVersions(loop, store, agents);
  const edges = followers(heartbeatMs, closing);
  loop.onPublished((published) => edges.tell(versions.messageOf(published)));
  for (const [name, { served: { travelling } }] of agents) {
    const stop = travelling?.onChange(() => edges.tell(versions.messageOfChange(name)));
    if (stop) closing?.addEventListener("abort", stop);
  }

  const ingesting = [requireScope("decide"), requireScope("feedback")] as const;
  const maxSize = Math.max(LONGEST_BATCH, 2 * limits.bodyBytes);
  const tooLarge = (): never => {
    throw new Refusal("body_too_large", `Cannot ingest: the batch has more than ${maxSize} bytes`);
  };
  const known = (agent: string): string => {
    if (agents.has(agent)) return agent;
    throw new EddyError("request_invalid", `Cannot follow '${agent}': there is no such agent`);
  };

  app.post("/v1/edge/ingest", ...ingesting, bodyLimit({ maxSize, onError: tooLarge }), async (c) => {
    const parsed = ingestBody.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) throw new EddyError("request_invalid", `Cannot ingest: ${z.prettifyError(parsed.error)}`);
    const { steps, feedback, ends } = parsed.data;
    if (steps.length) await recorder.addSteps(steps);
    const outcomes = feedback.length ? await recorder.addFeedback(feedback) : [];
    for (const end of ends) await recorder.endEpisode(end);
    return c.json({ outcomes } satisfies IngestAnswer);
  });

  app.get("/v1/edge/agents/:agent", requireScope("read"), async (c) => {
    const have = new Set((c.req.query("have") ?? "").split(",").filter(Boolean).map(Number));
    return c.json(await versions.wayTo(known(c.req.param("agent")), have));
  });

  app.get("/v1/edge/snapshots/:hash", requireScope("read"), async (c) => {
    const hash = c.req.param("hash");
    const bytes = await versions.snapshot(hash);
    if (!bytes) {
      throw new EddyError("version_missing", `Cannot send '${hash}': it is not kept; ask for the agent again`);
    }
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, {
      "cache-control": IMMUTABLE,
      "content-type": "application/octet-stream",
      etag: `"${hash}"`,
    });
  });

  app.get("/v1/edge/keys", ...ingesting, requireScope("read"), async (c) => c.json(await store.keys.list()));

  app.get("/v1/edge/follow", requireScope("read"), (c) => {
    const wanted = (c.req.queries("agent") ?? [...agents.keys()]).map(known);
    return c.body(edges.open(wanted.map(versions.assignmentOf)), 200, {
      "cache-control": "no-store",
      "content-type": "text/event-stream",
    });
  });
  return app;
}
