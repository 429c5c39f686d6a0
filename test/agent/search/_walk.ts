/** A small world whose every value can be counted: a tree of turns to the left, the middle or the right. */
import type { Environment, Outcome } from "../../../src/environment/mod.ts";
import type { Moment, SearchPolicy } from "../../../src/agent/mod.ts";

export const ACTIONS = ["left", "middle", "right"] as const;
export const DEPTH = 3;

/** In [0, 1), from the way that was gone. */
function hash(seed: number, path: readonly number[]): number {
  let state = seed + 1;
  for (const turn of path) state = Math.imul(state ^ (turn + 1), 0x9e3779b1) ^ state >>> 13;
  return ((Math.imul(state, 0x85ebca6b) ^ state >>> 15) >>> 0) / 4294967296;
}

/** Reward of arriving: small on the way, large at the end. Some ways end early. */
export const rewardOf = (seed: number, path: readonly number[]): number =>
  hash(seed, path) * (path.length === DEPTH ? 1 : 0.2);
export const isEnd = (seed: number, path: readonly number[]): boolean =>
  path.length === DEPTH || hash(seed + 77, path) < 0.15;

/** What a way is worth from there on under a mean or a maximum over its actions. */
export function exactValue(seed: number, path: readonly number[], over: (values: number[]) => number): number {
  if (path.length > 0 && isEnd(seed, path)) return 0;
  return over(ACTIONS.map((_, turn) => {
    const next = [...path, turn];
    return rewardOf(seed, next) + exactValue(seed, next, over);
  }));
}

/** @param features Whether it has snapshots, and whether it answers alike when it is played again. */
export function walk(features: { readonly snapshots?: boolean; readonly moody?: boolean } = {}): Environment {
  let [seed, path, resets]: [number, number[], number] = [0, [], 0];
  const shown = (): string => `${path} ${features.moody ? resets : ""}`;
  const world: Environment = {
    reset: (next) => {
      [seed, path, resets] = [next, [], resets + 1];
      return { turns: [{ role: "user", text: shown() }] };
    },
    step: (action): Outcome => {
      path = [...path, ACTIONS.indexOf(action as typeof ACTIONS[number])];
      const turns = [{ role: "tool" as const, text: shown() }];
      const reward = rewardOf(seed, path);
      return { turns, reward, terminated: isEnd(seed, path), truncated: false, success: reward > 0.5 };
    },
    actions: () => ACTIONS,
  };
  if (!features.snapshots) return world;
  return {
    ...world,
    snapshot: () => ({ seed, path }),
    restore: (snapshot) => void ({ seed, path } = snapshot as { seed: number; path: number[] }),
  };
}

/** A way as numbers. */
export const pathOf = ({ steps }: Moment): number[] =>
  steps.map(({ action }) => ACTIONS.indexOf(action as typeof ACTIONS[number]));

/** Proposes with these probabilities, wherever it is, and draws by them. */
export function fixedPolicy(probabilities: readonly number[], random: () => number): SearchPolicy {
  let calls = 0;
  return {
    propose: () => (calls++, ACTIONS.map((action, turn) => ({ action, probability: probabilities[turn] }))),
    act: () => {
      calls++;
      let uniform = random();
      return ACTIONS.find((_, turn) => (uniform -= probabilities[turn]) < 0) ?? ACTIONS[2];
    },
    get calls(): number {
      return calls;
    },
  };
}
