import { EddyError, type ErrorCode } from "../../errors.ts";
import type { SqliteStoreOptions } from "../sqlite/open_sqlite_store.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import type { KeptEpisode, Store } from "../store.ts";

/** Methods that travel as they are: plain values in, one promise of plain values out. */
export const METHODS = {
  steps: ["add", "ofEpisode", "get"],
  feedback: ["add", "settle", "counts", "ofEpisode"],
  rewards: ["after", "range", "last", "curve"],
  episodes: ["end", "recent", "get"],
  policies: ["add", "list", "get", "nearestSnapshot", "snapshot", "record", "history", "assignment"],
  keys: ["add", "list", "revoke"],
} as const satisfies { readonly [Part in keyof Store]?: readonly (keyof Store[Part])[] };

/** Parts of a store whose methods travel. */
export type Part = keyof typeof METHODS;

/** A judged step without the step itself, which the asker may remember. */
export type BareJudgedStep = Omit<JudgedStep, "step"> & { readonly stepId: string };

/** What the thread does beside {@linkcode METHODS}. */
export interface ThreadMethods {
  /** See {@linkcode Store.ping}. */
  ping(deadlineMs: number): Promise<boolean>;
  /** See {@linkcode Store.forget}. */
  forget(before: number, learnedUpTo: Readonly<Record<string, number>>): Promise<number>;
  /** See {@linkcode import("../store.ts").RewardStore.after}, with names in the place of steps. */
  bareAfter(agent: string, sequence: number, limit: number): Promise<readonly BareJudgedStep[]>;
  /** See {@linkcode import("../store.ts").RewardStore.range}, with names in the place of steps. */
  bareRange(agent: string, from: number, to: number): Promise<readonly BareJudgedStep[]>;
  /** Next episodes of a reading that goes on; none at its end. @param reading Names it: the first call begins it. */
  read(reading: number, since: number | undefined): Promise<readonly KeptEpisode[]>;
  /** Ends a reading early. */
  endReading(reading: number): Promise<void>;
  /** Hands some of the episodes over that are put back. @param restoring Names it: the first call begins it. */
  feed(restoring: number, episodes: readonly KeptEpisode[]): Promise<void>;
  /** There are no more. @returns How many were new. */
  endFeeding(restoring: number): Promise<number>;
  /** Writes what waits and closes the file. */
  close(): Promise<void>;
}

/** Names of {@linkcode ThreadMethods}. */
export const THREAD_METHODS = [
  "ping",
  "forget",
  "bareAfter",
  "bareRange",
  "read",
  "endReading",
  "feed",
  "endFeeding",
  "close",
] as const satisfies (
  readonly (keyof ThreadMethods)[]
);

/** `steps.add`, `ping`, … */
export type MethodName = `${Part}.${string}` | keyof ThreadMethods;

/** One call; many made in one turn travel together. */
export interface Call {
  /** Rises by one; the reply names it. */
  readonly id: number;
  /** What is called. */
  readonly method: MethodName;
  /** Plain values. */
  readonly parameters: readonly unknown[];
}

/** What came of one call. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };

/** To the thread: first what to open, then calls. */
export type ToThread =
  | { readonly kind: "open"; readonly path: string; readonly options: SqliteStoreOptions }
  | { readonly kind: "calls"; readonly calls: readonly Call[] };

/** From the thread. */
export type FromThread =
  | { readonly kind: "opened" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "replies"; readonly replies: readonly Reply[] }
  /** Rewards of these agents were committed. */
  | { readonly kind: "written"; readonly agents: ReadonlySet<string> };

/** An error, as plain values. */
export interface Failure {
  /** Its class. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Of an {@linkcode EddyError}. */
  readonly code?: ErrorCode;
  /** Where it was thrown, for logs. */
  readonly stack?: string;
}

/** An error as it travels. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, ...(error instanceof EddyError && { code: error.code }) };
}

/** The error that {@linkcode failureOf} was given, as far as a caller can tell: its class, code and message. */
export function errorOf({ name, message, code, stack }: Failure): Error {
  const options = { cause: stack };
  if (code !== undefined) return new EddyError(code, message, options);
  if (name === "RangeError") return new RangeError(message, options);
  if (name === "TypeError") return new TypeError(message, options);
  return new Error(message, options);
}
