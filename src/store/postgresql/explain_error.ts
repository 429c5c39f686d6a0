import { EddyError } from "../../errors.ts";

/** Classes and codes of PostgreSQL and of the network that mean "not now": the connection, or the server's state. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53[03]00|E[A-Z_]+)$/;
/** Another writer was in the way: the same transaction will do. */
const IN_THE_WAY = /^(40001|40P01|55P03)$/;
const FULL = /^(53100)$/;
const CONNECTION_TEXTS =
  /Connection terminated|connection timeout|timeout expired|timeout exceeded|Query read timeout|not queryable|ended|discarded|Connection ended|Connection reset|closed/i;

/** The condition behind an error of PostgreSQL, in words, where it is one; other errors as they are. */
export function explainError(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof EddyError) return error;
  const code = codeOf(error);
  if (FULL.test(code)) {
    return new EddyError(
      "disk_full",
      `Cannot use ${place}: the server has no room left. Free some, and send it again`,
      { cause: error },
    );
  }
  if (!isLost(error)) return error;
  return new EddyError(
    "store_unavailable",
    `Cannot use ${place}: the server does not answer (${
      error.message || code
    }). Check that it runs; Eddy connects again ` +
      "by itself",
    { cause: error },
  );
}

/** Whether trying the same again may help. */
export function isPassing(error: unknown): boolean {
  const cause = error instanceof EddyError ? error.cause : error;
  return cause instanceof Error && (isLost(cause) || IN_THE_WAY.test(codeOf(cause)));
}

/** Whether the connection is of no use any more. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === "") return CONNECTION_TEXTS.test(error.message) || error instanceof AggregateError;
  return UNAVAILABLE.test(code);
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
