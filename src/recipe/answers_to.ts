import type { Context, Policy } from "../policy/mod.ts";

/** Questions answered at once. */
const BATCH = 128;

/** How to answer. */
export interface AnswerOptions {
  /** What may be answered; anything unless given. */
  readonly candidates?: readonly string[];
  /** Default 0: most likely token by most likely token. */
  readonly temperature?: number;
  /** Names the draws, where `temperature` is not 0. Default 0. */
  readonly seed?: number;
}

/** What a policy answers to each question. */
export function answersTo(
  policy: Policy,
  questions: readonly string[],
  { candidates, temperature = 0, seed = 0 }: AnswerOptions = {},
): string[] {
  const answers: string[] = [];
  for (let start = 0; start < questions.length; start += BATCH) {
    const contexts = openAll(policy, questions.slice(start, start + BATCH));
    try {
      const requests = contexts.map((context, index) => ({ context, candidates, seed, stream: start + index }));
      answers.push(...policy.decide(requests, { temperature }).map(({ text }) => text));
    } finally {
      for (const context of contexts) context[Symbol.dispose]();
    }
  }
  return answers;
}

function openAll(policy: Policy, questions: readonly string[]): Context[] {
  return questions.map((text) => {
    const context = policy.open();
    context.append([{ role: "user", text }]);
    return context;
  });
}
