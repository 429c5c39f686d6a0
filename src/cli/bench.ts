import type { Kernels } from "../kernels/mod.ts";

/** Measures something; a ratio compares two things timed in the same run. */
export type Bench = (kernels: Kernels, clock: BenchClock) => Promise<readonly Measurement[]> | readonly Measurement[];

/** The time, as an argument. */
export interface BenchClock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** One figure. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The figure divided by what it is compared with. */
  readonly ratio?: number;
  /** What that is: `register-only peak loop`. */
  readonly against?: string;
}
