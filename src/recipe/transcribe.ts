import type { Environment, Split } from "../environment/mod.ts";
import type { Transcript, TranscriptStep } from "./transcript.ts";

/** Writes down one episode of an environment, played by `act`. */
export function transcribe(
  environment: Environment,
  { task, split = "train" }: { readonly task: number; readonly split?: Split },
  act: (environment: Environment) => string,
): Transcript {
  let { turns } = environment.reset(task, split);
  const steps: TranscriptStep[] = [];
  for (let total = 0;;) {
    const candidates = environment.actions?.();
    const action = act(environment);
    const outcome = environment.step(action);
    steps.push({ turns, candidates, action });
    total += outcome.reward;
    if (outcome.terminated || outcome.truncated) return { task, success: outcome.success, total, steps };
    turns = outcome.turns;
  }
}
