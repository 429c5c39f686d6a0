import type { DecidedStep } from "../../agent/mod.ts";
import type { Turn } from "../../episode/mod.ts";
import { EddyError, ShapeError } from "../../errors.ts";
import type { AppDependencies } from "../app_dependencies.ts";
import type { NamedAgent } from "./answer_form.ts";
import { OpenAiError } from "./open_ai_error.ts";
import type { SignReceipt } from "./sign_receipt.ts";

/** What is put to an agent, once for each choice. */
export interface Question {
  /** What the agent is shown. */
  readonly turns: readonly Turn[];
  /** What may be chosen. */
  readonly candidates?: readonly string[];
  /** What may be called. */
  readonly tools?: Parameters<NamedAgent["served"]["decide"]>[0]["tools"];
  /** The attempt; a new one unless given. */
  readonly episodeId?: string;
  /** False takes the best action. */
  readonly explore?: boolean;
  /** 0 takes the best action, unless `explore` says otherwise. */
  readonly temperature?: number;
  /** Names the draw of the first choice. */
  readonly seed?: number;
  /** What the application did by itself. */
  readonly taken?: string;
  /** How many choices. */
  readonly n: number;
}

/** One choice: a step that is kept, and the receipt with which it can be judged. */
export interface Choice {
  /** What was decided. */
  readonly decided: DecidedStep;
  /** Signed; good for judging this step. */
  readonly receipt: string;
}

/**
 * Asks an agent each question `n` times, as `n` steps of one episode, and resolves once all steps are durable, together.
 *
 * @returns [questions][n]
 * @throws {OpenAiError} 400 If the agent cannot answer what it is asked; nothing is kept then.
 */
export async function decideChoices(
  deps: AppDependencies,
  agent: NamedAgent,
  questions: readonly Question[],
  sign: SignReceipt,
): Promise<readonly (readonly Choice[])[]> {
  const decided = questions.map((question) => decideOne(deps, agent, question));
  await deps.recorder.addSteps(decided.flat().map(({ record }) => record));
  return decided.map((steps) => steps.map((step) => ({ decided: step, receipt: sign(step.record) })));
}

function decideOne(
  deps: AppDependencies,
  { served }: NamedAgent,
  { n, seed = deps.randomSeed(), episodeId = deps.newId(), ...question }: Question,
): DecidedStep[] {
  const { turns, candidates, tools, temperature, taken, explore = temperature !== 0 } = question;
  const shared = { episodeId, now: deps.now(), turns, candidates, tools, temperature, taken, explore };
  return Array.from({ length: n }, (_, index) => {
    try {
      return served.decide({ ...shared, stepId: deps.newId(), seed: (seed + index) >>> 0 });
    } catch (error) {
      throw refusal(error);
    }
  });
}

/** What an agent refuses is the request's fault: a range that it leaves, or a condition it names; a wrong shape is ours. */
function refusal(error: unknown): unknown {
  const atFault = error instanceof RangeError && !(error instanceof ShapeError) ||
    error instanceof EddyError && error.code === "request_invalid";
  return atFault ? new OpenAiError(error.message, { status: 400, code: "invalid_value", cause: error }) : error;
}
