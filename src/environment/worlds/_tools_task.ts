import type { Split } from "../environment.ts";
import { LINKS, LOCKABLE, THINGS, type ToolsApi } from "./_tools_api.ts";
import { Stream } from "./_stream.ts";

/** What one task is about, and the database that it is asked of. */
export interface ToolsTask {
  /** Kinds from the one that is named to the one that is changed. */
  readonly path: readonly number[];
  /** Indices of functions: the changes that are asked for, in the order they are said. */
  readonly changes: readonly number[];
  /** Index of the name that is said. */
  readonly name: number;
  /** [kinds][things] ids. */
  readonly ids: readonly (readonly string[])[];
  /** [links][things] the thing that a link leads to. */
  readonly links: readonly (readonly number[])[];
  /** Ids of locked things. */
  readonly locked: readonly string[];
}

/** Ways from a kind that is found by name to one that can be changed. */
const PATHS: readonly (readonly number[])[] = [[0, 1], [1], [0, 2], [0, 1, 3], [0, 2, 3], [1, 3]];

/** Pairs of changes that each held-out split has to itself. */
const HELD_OUT = 3;

/** A way, and what is done at its end. */
export type ToolsGoal = Pick<ToolsTask, "path" | "changes">;

/**
 * The goals of a split. Single changes are all in `train`; of the pairs of changes each held-out split has three that
 * neither of the others has.
 */
export function goalsOf({ functions }: ToolsApi, world: number, split: Split): readonly ToolsGoal[] {
  const draw = Stream.of(world, 81);
  const goals = PATHS.flatMap((path) => {
    const [a, b] = functions.flatMap(({ does, takes }, index) =>
      does === "change" && takes === path[path.length - 1] ? [index] : []
    );
    return [[a], [b], [a, b], [b, a]].map((changes): ToolsGoal => ({ path, changes }));
  });
  const pairs = goals.filter(({ changes }) => changes.length > 1)
    .map((goal): [number, ToolsGoal] => [draw.next(), goal]).sort(([a], [b]) => a - b).map(([, goal]) => goal);
  const held = { validation: pairs.slice(0, HELD_OUT), test: pairs.slice(HELD_OUT, 2 * HELD_OUT) };
  if (split !== "train") return held[split];
  return goals.filter((goal) => !held.validation.includes(goal) && !held.test.includes(goal));
}

/** Draws the goal and the database of one task. */
export function drawToolsTask(
  stream: Stream,
  { kinds }: ToolsApi,
  goals: readonly ToolsGoal[],
  lockedShare: number,
): ToolsTask {
  const goal = goals[stream.below(goals.length)];
  const name = stream.below(THINGS);
  const ids = kinds.map((kind) => {
    const numbers = new Set<number>();
    while (numbers.size < THINGS) numbers.add(10 + stream.below(90));
    return [...numbers].map((number) => `${kind[0]}${number}`);
  });
  const links = LINKS.map(() => Array.from({ length: THINGS }, () => stream.below(THINGS)));
  const locked = ids[LOCKABLE].filter(() => stream.next() < lockedShare);
  return { ...goal, name, ids, links, locked };
}

/** The thing that a path leads to, kind by kind. */
export function chainOf({ path, name, links }: ToolsTask): number[] {
  const chain = [name];
  for (let step = 1; step < path.length; step++) {
    const link = LINKS.findIndex(([from, to]) => from === path[step - 1] && to === path[step]);
    chain.push(links[link][chain[step - 1]]);
  }
  return chain;
}

type Phrasing = (words: { readonly changes: string; readonly thing: string }) => string;

/** Held-out splits read a phrasing that training never shows, where there is more than one. */
const PHRASINGS: readonly Phrasing[] = [
  ({ changes, thing }) => `${changes} ${thing}.`,
  ({ changes, thing }) => `please ${changes} ${thing} today.`,
  ({ changes, thing }) => `for ${thing}: ${changes} it.`,
  ({ changes, thing }) => `about ${thing}, someone must ${changes} it.`,
];

/** Number of phrasings. */
export const MOST_PHRASINGS = PHRASINGS.length;

/** What is asked, in words. */
export function askFor(task: ToolsTask, { kinds, names, functions }: ToolsApi, phrasing: number): string {
  const changes = task.changes.map((index) => functions[index].word).join(" and ");
  const thing = `${[...task.path].reverse().map((kind) => `the ${kinds[kind]}`).join(" of ")} ${names[task.name]}`;
  return PHRASINGS[phrasing]({ changes, thing });
}

/** Which of `phrasings` phrasings a task has: the last is for held-out splits alone. */
export function drawPhrasing(stream: Stream, phrasings: number, split: Split): number {
  if (phrasings === 1) return 0;
  return split === "train" ? stream.below(phrasings - 1) : phrasings - 1;
}
