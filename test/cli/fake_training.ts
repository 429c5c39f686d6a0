import type { Learning } from "../../src/cli/learning.ts";
import type { TrainingEvent } from "../../src/learning/mod.ts";

type Episode = Extract<TrainingEvent, { event: "episode" }>;

/** A short run: two updates of imitation, four of reinforcement, a checkpoint after each evaluation. */
export const EVENTS: readonly TrainingEvent[] = [
  {
    event: "start",
    preset: "desk",
    environment: "desk",
    seed: 7,
    parameters: 141_312,
    workers: 2,
    instructionSet: "relaxed",
    phases: [{ name: "warm start", updates: 2 }, { name: "reinforcement", updates: 4 }],
  },
  { event: "evaluation", phase: "untrained", update: 0, seconds: 1, success: 0.02, episodes: 100, meanReturn: -0.1 },
  ...[1, 2].map((update): TrainingEvent => ({
    event: "update",
    phase: "warm start",
    update,
    updates: 2,
    seconds: 1 + 2 * update,
    metrics: { loss: 2 / update, gradientNorm: 1, tokensPerSecond: 21_000 },
  })),
  { event: "evaluation", phase: "warm start", update: 2, seconds: 6, success: 0.4, episodes: 100, meanReturn: 0.2 },
  { event: "checkpoint", folder: "runs/desk-7/checkpoints/2", version: 2, seconds: 6 },
  episode("before", false),
  ...[1, 2, 3, 4].flatMap((update): TrainingEvent[] => [
    {
      event: "update",
      phase: "reinforcement",
      update,
      updates: 4,
      seconds: 6 + 3 * update,
      metrics: { loss: 0.01, klK3: 0.002, entropy: 1 / update, clipFraction: 0.1, tokensPerSecond: 14_000 },
    },
    {
      event: "evaluation",
      phase: "reinforcement",
      update,
      seconds: 6.5 + 3 * update,
      success: 0.4 + 0.13 * update,
      episodes: 100,
      meanReturn: 0.2 + 0.1 * update,
    },
    {
      event: "checkpoint",
      folder: `runs/desk-7/checkpoints/${2 + update}`,
      version: 2 + update,
      seconds: 7 + 3 * update,
    },
  ]),
  episode("after", true),
];

/** The last event of that run. */
export const DONE = {
  event: "done",
  success: 0.92,
  warmStart: 0.4,
  untrained: 0.02,
  seconds: 19.5,
  seed: 7,
  updates: 6,
  tokens: 123_456,
  checkpoint: "runs/desk-7/checkpoints/6",
} as const;

function episode(when: "before" | "after", success: boolean): Episode {
  const action = '<tool_call>{"name": "get_order", "arguments": {"order_id": "O<1>"}}</tool_call>';
  return {
    event: "episode",
    when,
    seed: 11,
    success,
    steps: [{ observation: `<script>alert("${when}")</script>`, action, reward: 0.5, value: 0.25, advantage: -0.125 }],
  };
}

/** A training that tells those events, with something done before each. */
export function fakeTraining(before: (event: TrainingEvent) => void = () => {}): Pick<Learning, "train"> {
  return {
    train(_, { onEvent, signal }): Promise<typeof DONE> {
      for (const event of EVENTS) {
        before(event);
        if (event.event === "update" && signal.aborted) return Promise.reject(signal.reason);
        onEvent(event);
      }
      onEvent(DONE);
      return Promise.resolve(DONE);
    },
  };
}
