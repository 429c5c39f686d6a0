import type { AgentConfiguration, ServedAgent } from "../agent/mod.ts";
import type { Feedback, FeedbackOutcome, StepRecord } from "../episode/mod.ts";
import type { CentralLoop } from "../learning/mod.ts";
import type { HttpErrorCode } from "./statuses.ts";
import type { EndedEpisode, Scope, Store } from "../store/mod.ts";

/** Everything the application answers with. An edge has agents and a recorder; a centre has a store and a loop as well. */
export interface AppDependencies {
  /** Agents by name; the first answers requests that name none. */
  readonly agents: ReadonlyMap<string, { readonly configuration: AgentConfiguration; readonly served: ServedAgent }>;
  /** Where steps and judgements become durable: the store, or an edge's outbox. */
  readonly recorder: Recorder;
  /** What is kept; without it, routes that read answer 404. */
  readonly store?: Store;
  /** What learns; without it, routes that manage answer 404. */
  readonly loop?: CentralLoop;
  /** Who may do what. */
  readonly access: Access;
  /** Secrets that receipts are signed with, newest first: the first signs, all verify. 32 bytes each. */
  readonly receiptSecrets: readonly Uint8Array[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back, with fractions. */
  readonly monotonic: () => number;
  /** A new UUIDv7; rises within a process. */
  readonly newId: () => string;
  /** An unsigned 32-bit number nobody can foresee. */
  readonly randomSeed: () => number;
  /** What it takes and how long it waits. */
  readonly limits: HttpLimits;
  /** Where answers may be read from by browsers: origins, or `*`. Default none. */
  readonly corsOrigins?: readonly string[];
  /** Answers `/` and what belongs to it. */
  readonly dashboard?: (path: string) => Response | undefined;
  /** Whether it can serve now, and if not why; asked by `/ready`. */
  readonly readiness?: () => Promise<Readonly<Record<string, true | string>>>;
  /** What an edge says of itself: what waits for the centre, and how old what it serves may be. */
  readonly edgeStatus?: () => object;
  /** Version of Eddy. */
  readonly version: string;
  /** Hears of answers with a status of 500 and above; for the operator's log. */
  readonly report?: ProblemReport;
}

/** Hears of a request that failed through no fault of its client. Holds no body, no header, no query. */
export type ProblemReport = (
  problem: {
    readonly requestId: string;
    readonly method: string;
    readonly path: string;
    readonly code: HttpErrorCode;
    readonly error: Error;
  },
) => void;

/** Where steps and judgements become durable. Promises resolve once they are. */
export interface Recorder {
  /** Keeps steps; what it resolves to tells nothing to a client. */
  addSteps(steps: readonly StepRecord[]): Promise<unknown>;
  /** Keeps judgements; outcomes in the order of the arguments. */
  addFeedback(feedback: readonly Feedback[]): Promise<readonly FeedbackOutcome[]>;
  /** Marks the end of an episode. */
  endEpisode(episode: EndedEpisode): Promise<void>;
}

/** Who may do what. */
export interface Access {
  /** What a request without a key may do: everything on a developer's machine, nothing in production. */
  readonly anonymous: readonly Scope[];
  /** What a key may do, and its name; undefined when it is unknown or revoked. Compares hashes in constant time. */
  verify(key: string): { readonly name: string; readonly scopes: readonly Scope[] } | undefined;
}

/** What the application takes and how long it waits. */
export interface HttpLimits {
  /** Longest body, in bytes. Default 1 MiB. */
  readonly bodyBytes: number;
  /** Requests that are worked on at once; more are refused with 503 and `Retry-After`. Default 512. */
  readonly concurrent: number;
  /** Requests a second for each key (or address without one); more are refused with 429. 0: no limit. */
  readonly perSecond: number;
  /** Longest wait for an answer, milliseconds; then 504. Default 10000. */
  readonly deadlineMs: number;
  /** Seconds that a receipt is good for. Default 7 days. */
  readonly receiptSeconds: number;
}
