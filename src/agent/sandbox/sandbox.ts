/** What came of a call. */
export type SandboxResult =
  /** It returned this; what JSON has no word for is null. */
  | { readonly kind: "value"; readonly value: unknown }
  /** It threw, could not be read, or returned what is no JSON. */
  | { readonly kind: "thrown"; readonly name: string; readonly message: string }
  /** It did not end in time. */
  | { readonly kind: "timeout"; readonly deadlineMs: number }
  /** It needed more memory than there is. */
  | { readonly kind: "memory" }
  /** It answered with more than may be answered. */
  | { readonly kind: "output"; readonly limitBytes: number }
  /** Its process ended, or answered something else than it should. */
  | { readonly kind: "killed"; readonly reason: string };

/** How one call is made. */
export interface SandboxCall {
  /** How long it may run, in milliseconds; the sandbox's `deadlineMs` unless given. */
  readonly deadline?: number;
  /** Names what `Math.random` draws: equal seeds, equal draws. Default 0. */
  readonly seed?: number;
  /** What every clock shows for as long as the call takes, in milliseconds since 1970. Default 0. */
  readonly clockMs?: number;
}

/** A pool of warm processes that run learned code. */
export interface Sandbox {
  /**
   * Calls a function that is given as text: `({ a, b }) => a + b`.
   *
   * Equal calls give equal results: chance is seeded, the clock stands still, and nothing is left of earlier calls.
   *
   * @param code One expression that is a function; strict mode, the language's own built-ins.
   * @param given JSON. An array is its arguments, anything else its only one.
   * @throws {TypeError} If `given` is no JSON.
   * @throws {EddyError} `request_invalid` If code and arguments are longer than `inputUnits`. `overloaded` If no process
   * was free within `waitMs`. `sandbox_unavailable` If no process starts. `interrupted` If the sandbox is closed.
   */
  call(code: string, given: unknown, options?: SandboxCall): Promise<SandboxResult>;
  /** Ends every process; calls that wait are refused. */
  close(): Promise<void>;
}
