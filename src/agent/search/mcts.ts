import type { Moment } from "./moment.ts";
import { returnOf } from "./return_of.ts";
import type { SearchWorld } from "./open_search_world.ts";
import { playOn } from "./play_on.ts";
import { type BranchColumns, puct } from "./puct.ts";
import type { Proposal, SearchPolicy } from "./search_policy.ts";
import { ucb } from "./ucb.ts";

/** A moment that a search came to. */
export interface SearchNode {
  /** Where the world stood. */
  readonly state: Moment;
  /** Index of the node before it, −1 at the root. Every parent stands before its children. */
  readonly parent: number;
  /** What led here from there; empty at the root. */
  readonly action: string;
  /** Probability that the policy gave it. */
  readonly prior: number;
  /** How often the search came through. */
  readonly visits: number;
  /** Q: mean discounted return from the parent on, of having acted so; at the root from there on. Mixed with the critic's. */
  readonly value: number;
}

/** What a search found. */
export interface SearchTree {
  /** In the order they were come to. */
  readonly nodes: readonly SearchNode[];
  /** The most visited way down from the root, as indices of nodes. */
  readonly line: readonly number[];
  /** Steps of the environment that it cost. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/** How to search. */
export interface MctsOptions {
  /** Times from the root to a leaf and back. */
  readonly simulations: number;
  /** By the policy's prior, or by visits alone. Default `puct`. */
  readonly selection?: "puct" | "ucb";
  /** c. Default 1. */
  readonly exploration?: number;
  /** γ. Default 1. */
  readonly gamma?: number;
  /** [proposals] what somebody thinks each proposal at a moment is worth. */
  readonly critic?: (moment: Moment, proposals: readonly Proposal[]) => ArrayLike<number>;
  /** α: weight of what was tried; the rest is the critic's. Default 0.5 with a critic, else 1. */
  readonly alpha?: number;
  /** No further simulation once it has cost so many steps of the environment. Default none. */
  readonly environmentSteps?: number;
}

interface Node {
  readonly state: Moment;
  readonly parent: number;
  readonly action: string;
  readonly prior: number;
  readonly critic: number;
  visits: number;
  /** Sum of returns from the parent on. */
  sum: number;
  /** What can be done, once asked for. */
  branches?: readonly Branch[];
}

interface Branch extends Proposal {
  readonly critic: number;
  /** Made of it, once tried. */
  node?: number;
}

/**
 * Monte-Carlo tree search over actions, from a moment of a world that can be put back.
 *
 * ```text
 * select:   from the root, the action with the largest U = Q + exploration term, until one that was not tried
 * expand:   put the world back to there, act
 * play:     the policy goes on to the end
 * back up:  every node on the way: N ← N + 1, Q ← mean of reward + γ · (return from there)
 * ```
 *
 * `Q = α · mean return + (1 − α) · critic`; of what was not tried the mean is 0. Ties go to the earlier proposal. Given
 * the world, the policy and its seed, the tree is always the same.
 *
 * @throws {RangeError} If the moment is an end, `simulations` is no whole number of at least 1, or α is not in [0, 1].
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 * @see Kocsis & Szepesvári (2006), "Bandit based Monte-Carlo planning"; arXiv 2408.07199 (Agent Q) for critic and α.
 */
export function mcts(world: SearchWorld, policy: SearchPolicy, root: Moment, options: MctsOptions): SearchTree {
  const { simulations, gamma = 1, critic, environmentSteps: most = Infinity } = options;
  const { alpha = critic ? 0.5 : 1 } = options;
  check(root, simulations, alpha);
  const before = { steps: world.environmentSteps, calls: policy.calls };
  const nodes: Node[] = [{ state: root, parent: -1, action: "", prior: 1, critic: 0, visits: 0, sum: 0 }];
  const valueOf = ({ visits, sum, critic }: Pick<Node, "visits" | "sum" | "critic">): number =>
    alpha * (visits > 0 ? sum / visits : 0) + (1 - alpha) * critic;
  /** The child to go to, made if it was not tried. */
  const descend = (at: number): number => {
    const branches = nodes[at].branches ??= branchesOf(policy, nodes[at].state, critic);
    const tried = branches.map(({ node, critic }) => node === undefined ? { visits: 0, sum: 0, critic } : nodes[node]);
    const columns = { values: tried.map(valueOf), visits: tried.map(({ visits }) => visits) };
    const branch = branches[selected(columns, branches, Math.max(1, nodes[at].visits), options)];
    return branch.node ??= nodes.push({
      ...{ state: world.step(nodes[at].state, branch.action), parent: at, action: branch.action },
      ...{ prior: branch.probability, critic: branch.critic, visits: 0, sum: 0 },
    }) - 1;
  };
  for (let simulation = 0; simulation < simulations; simulation++) {
    if (world.environmentSteps - before.steps >= most) break;
    let at = 0;
    do at = descend(at); while (nodes[at].visits > 0 && !nodes[at].state.ended);
    const { state } = nodes[at];
    const value = state.ended ? 0 : returnOf(playOn(world, policy, state), state.steps.length, gamma);
    backUp(nodes, at, value, gamma);
  }
  return {
    nodes: nodes.map((node, index) => {
      const { state, parent, action, prior, visits, sum } = node;
      return { state, parent, action, prior, visits, value: index === 0 ? sum / visits : valueOf(node) };
    }),
    line: lineOf(nodes),
    environmentSteps: world.environmentSteps - before.steps,
    policyCalls: policy.calls - before.calls,
  };
}

function check(root: Moment, simulations: number, alpha: number): void {
  if (root.ended) throw new RangeError("Cannot search: the episode has ended");
  if (!(Number.isInteger(simulations) && simulations >= 1)) throw new RangeError(`Cannot search ${simulations} times`);
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`Cannot mix values by alpha ${alpha}: expected [0, 1]`);
}

/** What can be done at a moment. */
function branchesOf(policy: SearchPolicy, state: Moment, critic: MctsOptions["critic"]): Branch[] {
  const proposals = policy.propose(state);
  if (proposals.length === 0) throw new RangeError("Cannot search: the policy proposes nothing");
  const opinions = critic?.(state, proposals);
  return proposals.map((proposal, index) => ({ ...proposal, critic: opinions?.[index] ?? 0 }));
}

/** The first of the branches that are most worth trying. */
function selected(
  columns: BranchColumns,
  branches: readonly Branch[],
  total: number,
  { selection = "puct", exploration = 1 }: MctsOptions,
): number {
  const scores = selection === "ucb"
    ? ucb(columns, { total, exploration })
    : puct({ ...columns, priors: branches.map(({ probability }) => probability) }, { total, exploration });
  return scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
}

/** Counts a return from a leaf on at every node above it. */
function backUp(nodes: readonly Node[], leaf: number, value: number, gamma: number): void {
  for (let at = leaf; at >= 0; at = nodes[at].parent) {
    const node = nodes[at];
    if (node.parent >= 0) value = node.state.rewards[node.state.steps.length - 1] + gamma * value;
    node.visits += 1;
    node.sum += value;
  }
}

/** From the root to the most visited child, again and again. */
function lineOf(nodes: readonly Node[]): number[] {
  const line: number[] = [];
  for (let at: number | undefined = 0; at !== undefined;) {
    const children: number[] = (nodes[at].branches ?? []).flatMap(({ node }) => node ?? []);
    at = children.length === 0 ? undefined : children.reduce((best, child) => {
      const [a, b] = [nodes[child], nodes[best]];
      return a.visits > b.visits || (a.visits === b.visits && a.sum > b.sum) ? child : best;
    });
    if (at !== undefined) line.push(at);
  }
  return line;
}
