import type { Scope } from "../store/mod.ts";

/** What the application knows of a request beside the request itself. */
export interface AppEnvironment {
  /** Set by the middleware, in its order. */
  readonly Variables: {
    /** Names the request in answers and reports. */
    requestId: string;
    /** Who asks. */
    caller: Caller;
  };
}

/** Who asks, and what they may do. */
export interface Caller {
  /** Name of the key; absent without a key that is known. */
  readonly name?: string;
  /** What is allowed: to the key, or to everyone. */
  readonly scopes: readonly Scope[];
  /** Whether a key was sent that nobody knows. */
  readonly unknownKey: boolean;
}
