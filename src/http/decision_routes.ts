import { Hono } from "hono";
import { z } from "zod";
import type { StepRecord } from "../episode/mod.ts";
import { ShapeError } from "../errors.ts";
import { findAgent } from "./_find_agent.ts";
import { signStep } from "./_sign_step.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";
import type { AppParts } from "./app_parts.ts";
import { oneOrManyBody } from "./json_body.ts";
import { Refusal } from "./refusal.ts";
import { EpisodeId, Name } from "./request_schemas.ts";
import { requireScope } from "./require_scope.ts";

/** Decisions of one request. */
const MOST = 256;

/** What is asked. Exactly one of `turns` and `text`. */
export const DecisionBody = z.strictObject({
  agent: Name.optional().describe("Who decides; the first agent unless given."),
  episode: EpisodeId.optional().describe("The attempt that the step belongs to; a new one unless given."),
  turns: z.array(z.strictObject({
    role: z.enum(["system", "user", "assistant", "tool"]),
    text: z.string(),
  })).min(1).max(4096).optional().describe("The whole conversation so far, oldest first."),
  text: z.string().optional().describe("Short for one turn of a user."),
  candidates: z.array(z.string().min(1)).min(1).max(4096).optional()
    .describe("What may be done; what the agent is configured with unless given."),
  explore: z.boolean().optional().describe("False takes the best action. Default true."),
  temperature: z.number().min(0).max(100).optional().describe("Divides the logits of an agent that writes."),
  seed: z.int().min(0).max(0xffffffff).optional().describe(
    "Names the draw: equal seed, context and weights, equal choice.",
  ),
  taken: z.string().optional().describe("What the application did by itself, for agents in mode `shadow`."),
}).meta({ id: "DecisionRequest" });

/** What is answered, once it is on disk. */
export interface DecisionAnswer {
  /** The step. */
  readonly id: string;
  /** Its attempt. */
  readonly episode: string;
  /** Who decided. */
  readonly agent: string;
  /** What to do. */
  readonly action: string;
  /** Its place among the candidates. */
  readonly index?: number;
  /** With which it was chosen. */
  readonly probability: number;
  /** Version that chose. */
  readonly policyVersion: number;
  /** Which copy chose. */
  readonly arm: StepRecord["arm"];
  /** The draw: equal seed, context and weights give the same choice. */
  readonly seed: number;
  /** What judges it need: `POST /v1/feedback`. */
  readonly receipt: string;
}

/** `POST /v1/decisions`: one or many choices; each is durable before it is told, a list shares one commit. */
// The type is what typed clients are made of; it can only be inferred.
// deno-lint-ignore explicit-function-return-type
export function decisionRoutes(deps: AppDependencies, { receipts }: AppParts) {
  const { bodyBytes } = deps.limits;
  const sign = signStep(deps, receipts);
  const body = oneOrManyBody(DecisionBody, { bodyBytes, most: MOST });

  return new Hono<AppEnvironment>().post("/v1/decisions", requireScope("decide"), body, async (c) => {
    const { many, items } = c.req.valid("json");
    const steps = items.map(decide);
    await deps.recorder.addSteps(steps);
    const answers = steps.map(answerOf);
    return many ? c.json(answers) : c.json(answers[0]);
  });

  function decide(asked: z.output<typeof DecisionBody>): StepRecord {
    const { agent, episode, candidates, explore, temperature, seed, taken } = asked;
    const { served } = findAgent(deps, agent);
    if (candidates && new Set(candidates).size < candidates.length) throw invalid("two candidates are equal");
    if (candidates && taken !== undefined && !candidates.includes(taken)) throw invalid("'taken' is no candidate");
    try {
      return served.decide({
        stepId: deps.newId(),
        episodeId: episode ?? deps.newId(),
        now: deps.now(),
        turns: turnsOf(asked),
        candidates,
        explore,
        temperature,
        seed: seed ?? deps.randomSeed(),
        taken,
      }).record;
    } catch (error) {
      // The request asks for more than the policy can read; a wrong shape would be our own mistake.
      if (error instanceof RangeError && !(error instanceof ShapeError)) {
        throw new Refusal("request_invalid", error.message);
      }
      throw error;
    }
  }

  function answerOf(step: StepRecord): DecisionAnswer {
    const { id, episodeId, agent, action, choice, propensity, policyVersion, arm, seed } = step;
    return {
      ...{ id, episode: episodeId, agent, action, index: choice, probability: propensity },
      ...{ policyVersion, arm, seed, receipt: sign(step) },
    };
  }
}

function turnsOf({ turns, text }: z.output<typeof DecisionBody>): StepRecord["turns"] {
  if (turns && text === undefined) return turns;
  if (!turns && text !== undefined) return [{ role: "user", text }];
  throw invalid("send exactly one of 'turns' and 'text'");
}

function invalid(what: string): Refusal {
  return new Refusal("request_invalid", `Cannot decide: ${what}`);
}
