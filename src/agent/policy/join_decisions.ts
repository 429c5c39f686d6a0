import type { Decision, Trajectory } from "../../policy/mod.ts";

/**
 * Decisions of one episode, each with its whole conversation as prompt, as few trajectories: a decision whose prompt goes
 * on from the one before it is read after it, so that what they share is read once. One that does not (the conversation
 * was changed, a step is missing, another temperature) begins a trajectory of its own.
 *
 * What is read for a decision is the same either way, and so are its log-probabilities, bit for bit.
 *
 * @param decisions In order, with the temperature that each was sampled at.
 */
export function joinDecisions(
  decisions: readonly { readonly decision: Decision; readonly temperature: number }[],
): Trajectory[] {
  const joined: Decision[][] = [];
  let before: { readonly read: readonly number[]; readonly temperature: number } | undefined;
  for (const { decision, temperature } of decisions) {
    const { promptTokens, tokens } = decision;
    const shared = before?.temperature === temperature && startsWith(promptTokens, before.read)
      ? before.read.length
      : 0;
    if (shared === 0) joined.push([decision]);
    else joined[joined.length - 1].push({ ...decision, promptTokens: promptTokens.slice(shared) });
    before = { read: [...promptTokens, ...tokens], temperature };
  }
  return joined.map((decisions) => ({ decisions }));
}

function startsWith(tokens: Uint32Array, beginning: readonly number[]): boolean {
  return tokens.length > beginning.length && beginning.every((token, i) => token === tokens[i]);
}
