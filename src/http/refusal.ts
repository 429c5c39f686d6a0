import type { HttpCondition } from "./statuses.ts";
import type { ErrorCode } from "../errors.ts";

/** A request that is not answered as it asks, with what the client can do about it. */
export class Refusal extends Error {
  /** The class, for logs. */
  override readonly name = "Refusal";
  /** Makes one. @param code What happened, for programs. @param message "Cannot <do>: <state>", for people. */
  constructor(
    /** What happened, for programs. */
    readonly code: ErrorCode | HttpCondition,
    message: string,
    /** Headers of the answer: `retry-after`, `allow`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
