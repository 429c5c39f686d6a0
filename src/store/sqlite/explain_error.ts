import { EddyError } from "../../errors.ts";

/** What SQLite says of a condition that no statement can help: code of the result, its text, and what to do. */
const CONDITIONS = [
  { number: 5, text: "database is locked", code: "store_unavailable", todo: "another process writes to it; try again" },
  { number: 8, text: "readonly", code: "store_unavailable", todo: "it may only be read; give write permission" },
  { number: 10, text: "disk I/O error", code: "store_unavailable", todo: "the disk failed; check it, then restart" },
  {
    number: 11,
    text: "malformed",
    code: "store_unavailable",
    todo: "the file is damaged; put back a copy of it, or name another file",
  },
  { number: 13, text: "is full", code: "disk_full", todo: "there is no room left; free some, and send it again" },
  {
    number: 14,
    text: "unable to open",
    code: "store_unavailable",
    todo: "the file cannot be opened; check the folder and its permissions",
  },
  {
    number: 26,
    text: "not a database",
    code: "store_unavailable",
    todo: "the file is something else than a database; name another file",
  },
] as const;

/** The condition behind an error of SQLite, in words, where it is one; other errors as they are. */
export function explainError(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof EddyError) return error;
  const number = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
  const condition = CONDITIONS.find((each) =>
    number === undefined ? error.message.includes(each.text) : number === each.number
  );
  if (condition === undefined) return error;
  return new EddyError(condition.code, `Cannot use ${place}: ${condition.todo} (SQLite: ${error.message})`, {
    cause: error,
  });
}

/** Whether another writer was in the way. */
export function isBusy(error: unknown): boolean {
  return error instanceof EddyError && error.message.includes("another process writes to it");
}
