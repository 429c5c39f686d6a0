/** What went wrong, for programs: one word per condition that a caller can handle. */
export type ErrorCode =
  | "address_in_use"
  | "budget_spent"
  | "checkpoint_invalid"
  | "checkpoint_missing"
  | "configuration_invalid"
  | "constraint_invalid"
  | "data_missing"
  | "data_invalid"
  | "disk_full"
  | "environment_invalid"
  | "interrupted"
  | "kernels_unavailable"
  | "key_invalid"
  | "model_unsupported"
  | "overloaded"
  | "receipt_expired"
  | "receipt_invalid"
  | "remote_refused"
  | "remote_unavailable"
  | "request_invalid"
  | "sandbox_unavailable"
  | "scope_missing"
  | "store_unavailable"
  | "timed_out"
  | "tokenizer_invalid"
  | "version_missing"
  | "weights_not_finite"
  | "worker_failed";

/** A condition that the caller should handle; its message says what to do next. */
export class EddyError extends Error {
  /** The class, for logs. */
  override readonly name = "EddyError";
  /** Makes one. @param code What happened, for programs. @param message "Cannot <do>: <state>", for people. */
  constructor(
    /** What happened, for programs. */
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An array or matrix has another length or shape than the function needs: the caller's bug. */
export class ShapeError extends RangeError {
  /** The class, for logs. */
  override readonly name = "ShapeError";
  /** Makes one. @param what Name of the argument. */
  constructor(
    what: string,
    /** What it should be. */
    readonly expected: string | number,
    /** What it is. */
    readonly actual: string | number,
  ) {
    super(`Cannot use '${what}': expected ${expected}, got ${actual}`);
  }
}
