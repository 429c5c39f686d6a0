import { Hono } from "hono";
import { z } from "zod";
import type { DecidedStep } from "../../agent/mod.ts";
import { EddyError } from "../../errors.ts";
import { agentOf, body, type Native } from "./_context.ts";
import { allow } from "./allow.ts";

const MOST_AT_ONCE = 256;

/** One question to an agent. */
export const Decision = z.strictObject({
  agent: z.string().optional().describe("Who is asked; the first agent of the service unless given."),
  episode: z.uuid().toLowerCase().optional().describe("The attempt that it belongs to; a new one unless given."),
  text: z.string().optional().describe("What a user says: short for one turn."),
  turns: z.array(z.strictObject({
    role: z.enum(["system", "user", "assistant", "tool"]),
    text: z.string(),
  })).min(1).max(1000).optional().describe("The whole conversation so far, oldest first."),
  candidates: z.array(z.string().min(1)).min(1).max(4096).optional().describe(
    "What may be done; the agent's own list unless given.",
  ),
  explore: z.boolean().optional().describe("False takes the best action, for evaluation. Default true."),
  temperature: z.number().min(0).max(100).optional().describe("Divides the logits of an agent that writes tokens."),
  seed: z.int().min(0).max(0xffffffff).optional().describe("Names the draw; told in the answer."),
  taken: z.string().optional().describe("What the application did by itself, for an agent in shadow mode."),
}).meta({ id: "Decision", examples: [{ agent: "router", text: "my card was charged twice" }] });

/** The answer: what to do, and with what it can be judged. */
export const DecisionAnswer = z.object({
  id: z.string().describe("Of the step."),
  episode: z.string().describe("Send it with the next decision of the same attempt."),
  agent: z.string(),
  action: z.string().describe("What to do."),
  index: z.int().optional().describe("Its place among the candidates."),
  probability: z.number().describe("With which it was chosen."),
  policyVersion: z.int().describe("Version whose weights chose."),
  arm: z.enum(["incumbent", "canary", "shadow"]).describe("Which copy answered."),
  seed: z.int().describe("Equal seed, context and weights give the same choice."),
  receipt: z.string().describe("Judges this step: POST /v1/feedback."),
}).meta({ id: "DecisionAnswer" });

type DecisionAnswer = z.infer<typeof DecisionAnswer>;

/** Body of `POST /v1/decisions`. */
export const DecisionBody = z.union([Decision, z.array(Decision).min(1).max(MOST_AT_ONCE)]);

/** `POST /v1/decisions`: each decision is on disk before it is answered; several share one commit. */
// deno-lint-ignore explicit-function-return-type -- the routes' own types are what the typed client reads
export function decisionRoutes(native: Native) {
  const { deps, meters } = native;

  function decide(asked: z.infer<typeof Decision>): DecidedStep {
    const { name, agent } = agentOf(native, asked.agent);
    if ((asked.text === undefined) === (asked.turns === undefined)) {
      throw new EddyError("request_invalid", "Cannot decide: send either 'text' or 'turns'");
    }
    try {
      return agent.served.decide({
        stepId: deps.newId(),
        episodeId: asked.episode ?? deps.newId(),
        now: deps.now(),
        turns: asked.turns ?? [{ role: "user", text: asked.text! }],
        candidates: asked.candidates,
        explore: asked.explore,
        temperature: asked.temperature,
        seed: asked.seed ?? deps.randomSeed(),
        taken: asked.taken,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new EddyError("request_invalid", `Cannot decide with '${name}': ${error.message}`, { cause: error });
    }
  }

  function answer({ record }: DecidedStep): DecisionAnswer {
    return {
      id: record.id,
      episode: record.episodeId,
      agent: record.agent,
      action: record.action,
      index: record.choice,
      probability: record.propensity,
      policyVersion: record.policyVersion,
      arm: record.arm,
      seed: record.seed,
      receipt: native.sign(record),
    };
  }

  return new Hono().post("/v1/decisions", allow(native, "decide"), body(native, DecisionBody), async (c) => {
    const began = deps.monotonic();
    const asked = c.req.valid("json");
    const decided = (Array.isArray(asked) ? asked : [asked]).map(decide);
    await deps.recorder.addSteps(decided.map(({ record }) => record));
    const answers = decided.map(answer);
    for (const { agent } of answers) meters.count("decisions", agent);
    const ended = deps.monotonic();
    meters.decisions.add(ended, ended - began, answers.length);
    return c.json(Array.isArray(asked) ? answers : answers[0]);
  });
}
