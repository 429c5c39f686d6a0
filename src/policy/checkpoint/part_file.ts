import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { EddyError } from "../../errors.ts";

/** A file under way: `PATH.part` with what is done of it in `PATH.part.json`; it gets its name once it is whole. */
export interface PartFile extends Disposable {
  /** Names of the pieces that an earlier run of the same plan finished. */
  readonly done: ReadonlySet<string>;
  /** Where the bytes are until then. */
  readonly path: string;
  /** Puts bytes at a place. @throws {EddyError} `disk_full` If there is no room. */
  write(bytes: Uint8Array, position: number): void;
  /** Remembers that a piece is there for good. */
  finished(name: string): void;
  /** Puts everything on the disk and gives the file its name. */
  complete(): void;
  /**
   * Runs what writes. Where it ends with an error that another run would end with, too, nothing is left; other errors leave
   * what the next run goes on with.
   */
  during<Result>(write: () => Result): Result;
}

/** Bytes after which what is done is put on the disk and noted. */
const NOTE_EVERY = 1 << 26;

/**
 * Begins a file, or goes on with one that was left half-way by a run with the same plan. Whoever looks at `path` finds what
 * was there before or the whole new file, never half of it.
 *
 * @param plan Says all that decides the bytes: another plan begins anew.
 * @param size Bytes of the whole file.
 */
export function openPartFile(path: string, plan: string, size: number): PartFile {
  const part = `${path}.part`, journal = `${path}.part.json`;
  const key = createHash("sha256").update(plan).digest("hex");
  const done = new Set(existsSync(part) ? readJournal(journal, key) : []);
  const descriptor = guarded(path, () => openSync(part, done.size > 0 ? "r+" : "w+"));
  let unsaved = 0, closed = false;
  const note = (): void => {
    fsyncSync(descriptor);
    writeFileSync(`${journal}.new`, JSON.stringify({ plan: key, done: [...done] }));
    renameSync(`${journal}.new`, journal);
    unsaved = 0;
  };
  const close = (): void => {
    if (!closed) closeSync(descriptor);
    closed = true;
  };
  if (done.size === 0) {
    rmSync(journal, { force: true });
    guarded(path, () => ftruncateSync(descriptor, size));
  }
  return {
    done: new Set(done),
    path: part,
    write(bytes, position): void {
      guarded(path, () => {
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
      });
      unsaved += bytes.length;
    },
    finished(name): void {
      done.add(name);
      if (unsaved >= NOTE_EVERY) guarded(path, note);
    },
    complete(): void {
      guarded(path, () => fsyncSync(descriptor));
      close();
      renameSync(part, path);
      rmSync(journal, { force: true });
    },
    during<Result>(write: () => Result): Result {
      try {
        return write();
      } catch (error) {
        if (error instanceof EddyError && error.code !== "disk_full") {
          close();
          for (const each of [part, journal]) rmSync(each, { force: true });
        }
        throw error;
      }
    },
    [Symbol.dispose](): void {
      if (closed) return;
      try {
        if (done.size > 0) note();
      } finally {
        close();
      }
    },
  };
}

function readJournal(path: string, plan: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    const { plan: own, done } = found as { readonly plan?: string; readonly done?: readonly string[] };
    return own === plan && Array.isArray(done) ? done : [];
  } catch {
    return []; // no journal, or half of one: the file begins anew
  }
}

function guarded<Value>(path: string, action: () => Value): Value {
  try {
    return action();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    if (code === "ENOSPC" || code === "EDQUOT" || /no space left|os error 28\b/i.test(message)) {
      const advice = "the disk is full; free some space and run the same command again, it goes on where it stopped";
      throw new EddyError("disk_full", `Cannot write '${path}': ${advice}`, { cause });
    }
    if (code === "ENOENT" || code === "EACCES" || code === "EISDIR" || code === "ENOTDIR") {
      throw new EddyError("configuration_invalid", `Cannot write '${path}': ${message}`, { cause });
    }
    throw cause;
  }
}
