import type { Constraint } from "../../language/mod.ts";
import type { ActionLimits } from "./_action.ts";
import type { BeamReader } from "./_beam_reader.ts";
import { maskWords } from "./replay.ts";

/** An action while it is searched for. */
export interface Beam {
  /** Tokens of the action, its end among them. */
  readonly tokens: readonly number[];
  /** log π of all its choices. Nats. */
  readonly logProb: number;
}

/** What to search in. */
export interface Search {
  /** Everything before the action. */
  readonly prompt: readonly number[];
  readonly constraint: Constraint;
}

/** A beam that can grow. */
interface Growing extends Beam {
  readonly state: number;
  readonly ended: boolean;
}

/**
 * The `count` most likely actions of each search, best first, by beam search with `count` beams.
 *
 * ```text
 * log π(action) = Σ_t ( logit_t − log Σ_{u allowed} exp logit_u )      a forced token adds 0
 * ```
 *
 * All beams of all searches are read as one batch for every token.
 */
export function rankActions(
  reader: BeamReader,
  searches: readonly Search[],
  count: number,
  limits: ActionLimits,
): Beam[][] {
  let beams = searches.map(({ constraint }): Growing[] => [
    grown(constraint, { tokens: [], logProb: 0, state: 0, ended: false }, limits),
  ]);
  for (;;) {
    const open = beams.flatMap((own, index) =>
      own.filter(({ ended }) => !ended).map((beam) => ({ beam, search: searches[index] }))
    );
    if (open.length === 0) return beams;
    const logits = reader.read(open.map(({ beam, search }) => ({ ...beam, ...search })));
    const width = logits.length / open.length;
    let row = 0;
    beams = beams.map((own, index) => {
      const grownBeams = own.flatMap((beam) => {
        if (beam.ended) return [beam];
        const scores = logits.subarray(row * width, ++row * width);
        return expand(searches[index].constraint, beam, scores, count, limits);
      });
      return grownBeams.sort((a, b) => b.logProb - a.logProb).slice(0, count);
    });
  }
}

/** The `count` best ways to go on with a beam. */
function expand(
  constraint: Constraint,
  beam: Growing,
  logits: Float32Array,
  count: number,
  limits: ActionLimits,
): Growing[] {
  const words = maskWords(constraint);
  const best: number[] = [];
  let [most, sum] = [-Infinity, 0];
  for (let word = 0; word < words; word++) {
    // One bit after the other, the lowest first.
    for (let bits = constraint.masks[beam.state * words + word]; bits !== 0; bits &= bits - 1) {
      const token = 32 * word + 31 - Math.clz32(bits & -bits);
      const logit = logits[token];
      sum = logit > most ? sum * Math.exp(most - logit) + 1 : sum + Math.exp(logit - most);
      most = Math.max(most, logit);
      if (best.length === count && logit <= logits[best[count - 1]]) continue;
      if (best.length === count) best.pop();
      let place = best.length;
      while (place > 0 && logits[best[place - 1]] < logit) place--;
      best.splice(place, 0, token);
    }
  }
  const normalizer = most + Math.log(sum);
  return best.map((token) => {
    const logProb = beam.logProb + logits[token] - normalizer;
    const ended = token === limits.endToken;
    const state = ended ? beam.state : constraint.next(beam.state, token);
    return grown(constraint, { tokens: [...beam.tokens, token], logProb, state, ended }, limits);
  });
}

/** Adds what is forced. */
function grown(constraint: Constraint, beam: Growing, limits: ActionLimits): Growing {
  const tokens = [...beam.tokens];
  let { state, ended } = beam;
  while (!ended) {
    const full = tokens.length + 1 >= limits.maximumActionTokens;
    const over = full || constraint.allowedCounts[state] === 0;
    const token = over ? limits.endToken : constraint.forced(state);
    if (token < 0) break;
    tokens.push(token);
    ended = token === limits.endToken;
    if (!ended) state = constraint.next(state, token);
  }
  return { tokens, logProb: beam.logProb, state, ended };
}
