import type { Moment } from "./moment.ts";

/** Discounted rewards of the steps after the first `from`: Σ γ^k r. */
export function returnOf({ rewards }: Moment, from: number, gamma: number): number {
  return rewards.slice(from).reduceRight((sum, reward) => reward + gamma * sum, 0);
}
