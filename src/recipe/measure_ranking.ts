import { ndcg, recallAt } from "../rl/mod.ts";

/** A question and what should be found. */
export interface RankedQuestion {
  /** As it is asked. */
  readonly question: string;
  /** The name, or all names, that should be found. */
  readonly answer: string | readonly string[];
}

/** How well questions were answered with ranked names, in the mean over questions. */
export interface RankingMeasures {
  /** NDCG of the first `count`; see {@linkcode ndcg}. */
  readonly ndcg: number;
  /** Recall of the first `count`; see {@linkcode recallAt}. */
  readonly recall: number;
  /** Share of questions whose first answer is one that should be found. */
  readonly first: number;
}

/**
 * How well something retrieves.
 *
 * @param retrieve Names for each question, best first.
 * @param count How many of them count.
 * @throws {RangeError} If there are no questions, or one has nothing to find.
 */
export function measureRanking(
  questions: readonly RankedQuestion[],
  retrieve: (questions: string[]) => readonly (readonly string[])[],
  count: number,
): RankingMeasures {
  if (questions.length === 0) throw new RangeError("Cannot measure a ranking: there are no questions");
  const found = retrieve(questions.map(({ question }) => question));
  const mean = (of: (found: readonly string[], relevant: readonly string[]) => number): number =>
    questions.reduce((sum, { answer }, index) => sum + of(found[index], [answer].flat()), 0) / questions.length;
  return {
    ndcg: mean((names, relevant) => ndcg(names, relevant, count)),
    recall: mean((names, relevant) => recallAt(names, relevant, count)),
    first: mean((names, relevant) => Number(relevant.includes(names[0]))),
  };
}
