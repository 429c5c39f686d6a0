import { EddyError } from "../../errors.ts";
import { sourceStamp } from "./source_stamp.ts";

/**
 * Compares a model's files with what they were when reading began: half of one model and half of another is neither.
 *
 * @param stamp What `sourceStamp` said then.
 * @throws {EddyError} `checkpoint_invalid` If one was replaced or written to.
 */
export function checkUnchanged(path: string, stamp: string): void {
  if (sourceStamp(path) === stamp) return;
  throw new EddyError(
    "checkpoint_invalid",
    `Cannot load '${path}': its files changed while they were read; load it again`,
  );
}
