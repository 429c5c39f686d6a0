import type { Host } from "../host.ts";

/** How hard to attack, and where to say what came of it. */
export interface AttackOptions {
  /** Kills of each kind. */
  readonly kills: number;
  /** Minutes of lies. */
  readonly minutes: number;
  /** Seconds of true judgements before the lies, and after. */
  readonly honestSeconds: number;
  /** Judged steps a second while lying; 0: as fast as it goes. */
  readonly pace: number;
  /** Malformed requests. */
  readonly requests: number;
  /** Of the moments of the kills, and of what is malformed. */
  readonly seed: number;
  /** Whether results are objects, one a line. */
  readonly json: boolean;
  readonly host: Host;
  /** Ends it early; what was found until then is told. */
  readonly signal: AbortSignal;
}

/** One way to do a service harm. @returns Whether it kept its word. */
export type Attack = (options: AttackOptions) => Promise<boolean>;
