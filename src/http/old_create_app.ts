import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { EddyError } from "../errors.ts";
import type { Constraint } from "../language/mod.ts";
import type { Policy } from "../policy/mod.ts";

/** What the application answers with. */
export interface OldAppDependencies {
  /** Decides; the application never changes it. */
  readonly policy: Policy;
  /** What may be written where a request lists no candidates. */
  readonly constraint?: Constraint;
  /** The world it learned in, for `/health`. */
  readonly environment: string;
  /** An unsigned 32-bit number for requests that name no seed. */
  readonly randomSeed: () => number;
}

/** Answers HTTP requests; runs wherever there is `fetch`. */
export interface OldApp {
  /** Answers one request. */
  fetch(request: Request): Response | Promise<Response>;
}

/** Longest body, in bytes. */
const LONGEST_BODY = 64 * 1024;

const uint32 = z.int().min(0).max(0xffffffff);
const DecisionBody = z.strictObject({
  turns: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant", "tool"]), text: z.string() })).min(1),
  candidates: z.array(z.string()).min(1).optional(),
  temperature: z.number().min(0).max(100).optional(),
  seed: uint32.optional(),
});

/**
 * The HTTP surface over one policy: `GET /health` and `POST /v1/decisions`.
 *
 * A decision is a function of its body: equal turns, candidates, temperature and seed give the same action. The seed that
 * was used is part of the answer, so every decision can be asked again.
 */
export function createOldApp({ policy, constraint, environment, randomSeed }: OldAppDependencies): OldApp {
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok", kind: policy.kind, policyVersion: policy.version, environment }));
  app.post(
    "/v1/decisions",
    bodyLimit({
      maxSize: LONGEST_BODY,
      onError: (c) => c.json({ error: `Cannot decide: the body has more than ${LONGEST_BODY} bytes` }, 413),
    }),
    async (c) => {
      const parsed = DecisionBody.safeParse(await c.req.json().catch(() => undefined));
      if (!parsed.success) {
        return c.json({ error: `Cannot decide: the body is not valid: ${z.prettifyError(parsed.error)}` }, 400);
      }
      const { turns, candidates, temperature = 0, seed = randomSeed() } = parsed.data;
      using context = policy.open();
      context.append(turns);
      const request = { context, candidates, constraint, seed, stream: 0 };
      const [{ text, behaviorLogProbs, value, policyVersion }] = policy.decide([request], { temperature });
      const logProb = behaviorLogProbs.reduce((sum, logProb) => sum + logProb, 0);
      return c.json({ action: text, logProb, value, policyVersion, seed });
    },
  );
  app.notFound((c) => c.json({ error: `Cannot ${c.req.method} ${c.req.path}: there is no such route` }, 404));
  app.onError((error, c) =>
    error instanceof EddyError || error instanceof RangeError
      ? c.json({ error: error.message }, 422)
      : c.json({ error: "Cannot answer: an internal error" }, 500)
  );
  return app;
}
