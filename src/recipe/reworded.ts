import type { Environment } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";
import type { Transcript, TranscriptStep } from "./transcript.ts";

/** An environment that shows everything in other words. */
export function reworded(environment: Environment, reword: (text: string) => string): Environment {
  const { reset, step } = environment;
  return wrapped(environment, {
    reset: (...task): ReturnType<Environment["reset"]> => said(reset.apply(environment, task), reword),
    step: (action): ReturnType<Environment["step"]> => said(step.call(environment, action), reword),
  });
}

/** A transcript of an environment that had shown everything in other words. */
export function retold(transcript: Transcript, reword: (text: string) => string): Transcript {
  return { ...transcript, steps: transcript.steps.map((step) => said(step, reword)) };
}

function said<Shown extends Pick<TranscriptStep, "turns">>(shown: Shown, reword: (text: string) => string): Shown {
  return { ...shown, turns: shown.turns.map((turn) => ({ ...turn, text: reword(turn.text) })) };
}
