import type { Policy } from "../policy/mod.ts";

/** Questions answered at once. */
const BATCH = 128;

/**
 * What a policy answers to each question, most likely token by most likely token.
 *
 * @param candidates What may be answered; anything unless given.
 */
export function answersTo(policy: Policy, questions: readonly string[], candidates?: readonly string[]): string[] {
  const answers: string[] = [];
  for (let start = 0; start < questions.length; start += BATCH) {
    const contexts = questions.slice(start, start + BATCH).map((text) => {
      const context = policy.open();
      context.append([{ role: "user", text }]);
      return context;
    });
    try {
      const requests = contexts.map((context) => ({ context, candidates, seed: 0, stream: 0 }));
      answers.push(...policy.decide(requests, { temperature: 0 }).map(({ text }) => text));
    } finally {
      for (const context of contexts) context[Symbol.dispose]();
    }
  }
  return answers;
}
