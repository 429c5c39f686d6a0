import type { Moment } from "./moment.ts";
import type { SearchWorld } from "./open_search_world.ts";
import type { SearchPolicy } from "./search_policy.ts";

/** How wide to search. */
export interface BeamSearchOptions {
  /** Ways that are followed side by side. */
  readonly width: number;
  /** Longest way, in steps; those that have not ended by then are given as they stand. Default: until all have ended. */
  readonly depth?: number;
}

/** A way that was followed. */
export interface Beam {
  /** Where it leads. */
  readonly moment: Moment;
  /** log π of its steps together, in nats. */
  readonly logProb: number;
}

/** What a beam search found. */
export interface BeamSearchResult {
  /** At most `width`, the most likely first. */
  readonly beams: readonly Beam[];
  /** Steps of the environment that it cost. */
  readonly environmentSteps: number;
  /** How often the policy was asked. */
  readonly policyCalls: number;
}

/**
 * The most likely ways from a moment, followed side by side: after every step the `width` most likely stay, those that have
 * ended among them.
 *
 * ```text
 * log π(a_1 … a_n) = Σ_t log π(a_t | s_t)
 * ```
 *
 * Only ways that stay are acted out. With a width of all ways the first is the most likely of all.
 *
 * @throws {RangeError} If `width` is no whole number of at least 1.
 * @throws {EddyError} `environment_invalid` If the world cannot be put back.
 */
export function beamSearch(
  world: SearchWorld,
  policy: SearchPolicy,
  from: Moment,
  { width, depth = Infinity }: BeamSearchOptions,
): BeamSearchResult {
  if (!(Number.isInteger(width) && width >= 1)) throw new RangeError(`Cannot follow ${width} ways`);
  const before = { steps: world.environmentSteps, calls: policy.calls };
  let beams: readonly Beam[] = [{ moment: from, logProb: 0 }];
  for (let step = 0; step < depth && beams.some(({ moment }) => !moment.ended); step++) {
    const ways = beams.flatMap((beam): Way[] => beam.moment.ended ? [beam] : extensions(policy, beam));
    const best = ways.filter(({ logProb }) => logProb > -Infinity).sort((a, b) => b.logProb - a.logProb).slice(
      0,
      width,
    );
    beams = best.map(({ moment, action, logProb }) => ({
      moment: action === undefined ? moment : world.step(moment, action),
      logProb,
    }));
  }
  return {
    beams,
    environmentSteps: world.environmentSteps - before.steps,
    policyCalls: policy.calls - before.calls,
  };
}

/** A beam that may go one step further. */
interface Way extends Beam {
  readonly action?: string;
}

function extensions(policy: SearchPolicy, { moment, logProb }: Beam): Way[] {
  return policy.propose(moment).map(({ action, probability }) => ({
    ...{ moment, action },
    logProb: logProb + Math.log(probability),
  }));
}
