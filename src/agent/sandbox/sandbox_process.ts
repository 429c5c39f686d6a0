import type { SandboxLimits } from "./sandbox_limits.ts";

/** A line to the process that runs learned code. */
export interface SandboxRequest {
  /** A function, as text. */
  readonly code: string;
  /** What it is called with, as JSON. */
  readonly argumentsJson: string;
  /** Names what `Math.random` draws. */
  readonly seed: number;
  /** What every clock shows, in milliseconds since 1970. */
  readonly clockMs: number;
  /** A longer answer is not sent. */
  readonly outputBytes: number;
}

/** A line from it. */
export type SandboxAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly name: string; readonly message: string }
  | { readonly kind: "memory" }
  | { readonly kind: "output" };

/** How a process ended. */
export interface SandboxEnd {
  /** Its exit code. */
  readonly code: number;
  /** The last that it complained of. */
  readonly complaint: string;
}

/** A process that runs learned code: `workers/sandbox.ts`, with as little as the host can leave it. */
export interface SandboxProcess {
  /** Where requests are written, one a line. */
  readonly input: WritableStream<Uint8Array>;
  /** Where answers come from, one a line. */
  readonly output: ReadableStream<Uint8Array>;
  /** Settles when nothing of it runs any more. */
  readonly ended: Promise<SandboxEnd>;
  /** Ends it whatever it is doing. */
  kill(): void;
}

/** What can start such processes; only the outermost floor can. */
export interface SandboxHost {
  /** Starts one. @throws {EddyError} `sandbox_unavailable` If this machine cannot. */
  start(limits: SandboxLimits): SandboxProcess;
  /** Gives back what all of them shared, after the last has ended. */
  close(): Promise<void>;
}
