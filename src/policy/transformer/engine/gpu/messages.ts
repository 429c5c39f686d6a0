import { EddyError, type ErrorCode } from "../../../../errors.ts";
import type { ModelConfig } from "../../../checkpoint/mod.ts";
import type { DeviceFormats, DevicePiece } from "../webgpu/_weights.ts";

/** What the thread is told. Those of kind `do` need no answer: what fails is told with the next reading. */
export type ToGpu =
  | {
    readonly kind: "open";
    readonly config: ModelConfig;
    readonly formats: DeviceFormats;
    readonly deadlineMs: number;
  }
  | { readonly kind: "write"; readonly piece: DevicePiece }
  | { readonly kind: "ready" }
  | { readonly kind: "do"; readonly what: GpuDeed }
  | GpuReading;

/** What is done without anybody who waits; slots have the numbers of the near side. */
export type GpuDeed =
  | { readonly name: "open"; readonly slot: number }
  | { readonly name: "copy"; readonly slot: number; readonly from: number; readonly length: number }
  | { readonly name: "close"; readonly slot: number }
  | { readonly name: "truncate"; readonly slot: number; readonly length: number }
  | { readonly name: "feed"; readonly requests: readonly GpuFeed[] }
  | { readonly name: "forward"; readonly sequences: readonly Uint32Array[] };

/** Tokens for one slot, of which the last `keep` are asked about later. */
export interface GpuFeed {
  readonly slot: number;
  readonly tokens: Uint32Array;
  readonly keep: number;
}

/** Rows that the near side waits for: its thread stands still until `state` is no longer {@linkcode WAITING}. */
export interface GpuReading {
  readonly kind: "read";
  readonly from: "last" | "evaluated";
  readonly rows?: Uint32Array;
  /** Numbers of logits, then of values, that `out` is filled with. */
  readonly logits: number;
  readonly values: number;
  readonly out: SharedArrayBuffer;
  /** One of the states, then the length of what failed, as JSON in UTF-8 behind both. */
  readonly state: SharedArrayBuffer;
}

export const [WAITING, DONE, FAILED] = [0, 1, 2];
/** Bytes of `state`. */
export const STATE_BYTES = 4096;

/** What the thread answers to `open`, `write` and `ready`. */
export type FromGpu =
  | {
    readonly kind: "opened";
    /** What computes. */
    readonly device: string;
    readonly maximumPositions: number;
  }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: GpuFailure };

/** An error, as plain values. */
export interface GpuFailure {
  readonly message: string;
  readonly code?: ErrorCode;
}

/** An error as it travels. */
export function failureOf(error: unknown): GpuFailure {
  const message = error instanceof Error ? error.message : String(error);
  return { message, ...(error instanceof EddyError && { code: error.code }) };
}

/** The error again; what is none of Eddy's conditions ends the use of the GPU. */
export function errorOf({ message, code = "worker_failed" }: GpuFailure): EddyError {
  return new EddyError(code, message);
}
