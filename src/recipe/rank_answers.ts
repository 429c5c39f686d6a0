import type { Constraint } from "../language/mod.ts";
import type { Policy } from "../policy/mod.ts";

/** Questions ranked at once: each beam is read whole. */
const BATCH = 32;

/** What to rank. */
export interface RankAnswersOptions {
  /** How many answers a question. */
  readonly count: number;
  /** What may be answered: a list, … */
  readonly candidates?: readonly string[];
  /** … or a constraint, where a list is too long to be named each time. */
  readonly constraint?: Constraint;
}

/**
 * The most likely answers of a policy to each question, best first: what is retrieved, where answers are names.
 *
 * @throws {TypeError} If the policy cannot rank.
 */
export function rankAnswers(
  policy: Policy,
  questions: readonly string[],
  { count, candidates, constraint }: RankAnswersOptions,
): string[][] {
  if (!policy.rank) throw new TypeError(`Cannot rank answers: a ${policy.kind} policy does not rank`);
  const ranked: string[][] = [];
  for (let start = 0; start < questions.length; start += BATCH) {
    const contexts = questions.slice(start, start + BATCH).map(() => policy.open());
    try {
      const requests = contexts.map((context, index) => {
        context.append([{ role: "user", text: questions[start + index] }]);
        return { context, candidates, constraint, seed: 0, stream: 0 };
      });
      ranked.push(...policy.rank(requests, count).map((answers) => answers.map(({ text }) => text)));
    } finally {
      for (const context of contexts) context[Symbol.dispose]();
    }
  }
  return ranked;
}
