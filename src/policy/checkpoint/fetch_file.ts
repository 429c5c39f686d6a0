import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { EddyError } from "../../errors.ts";
import { askServer, type AskServerOptions, shownAddress, waitBefore } from "./ask_server.ts";
import { fileHash } from "./content_hash.ts";

/** How to fetch. */
export interface FetchFileOptions extends Pick<AskServerOptions, "signal" | "attempts" | "idleMs"> {
  /** SHA-256 that the whole file must have, in hexadecimal. */
  readonly sha256?: string;
  /** State that the server's file must have, where that is known already. */
  readonly version?: string;
  /** Told after each range: bytes that are there, of all. */
  readonly progress?: (bytes: number, size: number) => void;
  /** Bytes of one range. Default 16 MiB. */
  readonly rangeBytes?: number;
}

/** Times that a file which began to come is asked for again: half a minute in all. */
const ATTEMPTS = 10;

/**
 * Fetches a file range by range into `path`. What is there of it stays in `PATH.download` when the connection, the program or
 * the machine stops; the next call goes on behind it, unless the server's file is another by then. Within a call a server
 * that went away is waited for.
 *
 * @throws {EddyError} `remote_unavailable` If the server does not answer; `remote_refused` If it answers with an error;
 * `checkpoint_invalid` If the file changes at the server meanwhile, or the whole has another checksum: it is removed.
 */
export async function fetchFile(url: string, path: string, options: FetchFileOptions = {}): Promise<void> {
  const { sha256, progress, rangeBytes = 1 << 24, signal } = options;
  const part = `${path}.download`, note = `${path}.download.json`;
  const key = createHash("sha256").update(url).digest("hex");
  const remove = (): void => [part, note].forEach((each) => rmSync(each, { force: true }));
  let version = existsSync(part) ? readNote(note, key) : undefined;
  if (version === undefined) rmSync(part, { force: true });
  let have = existsSync(part) ? statSync(part).size : 0;
  const descriptor = openPart(part);
  /** What this call saw of the server's file. */
  let seen: { readonly version: string; readonly size: number | undefined } | undefined;
  try {
    for (let size = Infinity, failures = 0; have < size;) {
      const before = have;
      try {
        const began = seen !== undefined;
        const answer = await askRange(url, have, have + rangeBytes - 1, version, {
          ...options,
          attempts: began ? 1 : options.attempts,
        });
        if (isOther(seen ?? { version: options.version ?? "", size: undefined }, answer)) {
          await answer.cancel();
          remove();
          const advice = "what was fetched of it is removed; run the same command again, it starts from the beginning";
          throw new EddyError(
            "checkpoint_invalid",
            `Cannot fetch '${shownAddress(url)}': it changed at the server meanwhile; ${advice}`,
          );
        }
        seen = answer;
        if (have > 0 && !answer.continues) { // another file than an earlier call's, or a server that knows no ranges
          have = 0;
          ftruncateSync(descriptor, 0);
        }
        version = answer.version;
        writeFileSync(note, JSON.stringify({ key, version }));
        size = answer.size ?? Infinity;
        for await (const bytes of answer.body) {
          for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, have + at);
          have += bytes.length;
          progress?.(have, answer.size ?? have);
        }
        if (answer.size === undefined) break;
        if (have === before && have < size) throw new Error(`it ends after ${have} of ${size} bytes`);
        failures = 0;
      } catch (cause) {
        const isLost = !(cause instanceof EddyError) || cause.code === "remote_unavailable";
        if (signal?.aborted || isDisk(cause) || !isLost || seen === undefined) throw cause;
        failures = have === before ? failures + 1 : 0;
        if (failures >= (options.attempts ?? ATTEMPTS)) throw cause;
        if (failures > 0) await waitBefore(failures, undefined, signal);
      }
    }
    fsyncSync(descriptor);
  } catch (cause) {
    throw explained(cause, url);
  } finally {
    closeSync(descriptor);
  }
  const found = sha256 === undefined ? undefined : fileHash(part).slice("sha256:".length);
  if (found !== sha256?.toLowerCase()) {
    remove();
    const message = `Cannot use '${shownAddress(url)}': its SHA-256 is ${found}, not ${sha256}; it was removed`;
    throw new EddyError("checkpoint_invalid", message);
  }
  renameSync(part, path);
  rmSync(note, { force: true });
}

/** Lengths and places are those of the file, not of what is sent. */
export const UNPACKED = { "accept-encoding": "identity" } as const;

interface RangeAnswer {
  /** Whether the bytes begin where they were asked for. */
  readonly continues: boolean;
  /** Names the state of the server's file. */
  readonly version: string;
  /** Length of the whole file; undefined where the server does not say it. */
  readonly size: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): Promise<void>;
}

async function askRange(
  url: string,
  first: number,
  last: number,
  version: string | undefined,
  options: AskServerOptions,
): Promise<RangeAnswer> {
  const { signal, attempts, idleMs } = options;
  const answer = await askServer(url, {
    ...{ signal, attempts, idleMs },
    headers: { ...UNPACKED, range: `bytes=${first}-${last}`, ...(first > 0 && version ? { "if-range": version } : {}) },
  });
  const { status, headers, body, cancel } = answer;
  const [, begin, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  const ranged = status === 206 && Number(begin) === first;
  if (status === 416 && headers.get("content-range") === `bytes */${first}` && first > 0) {
    await cancel();
    return { continues: true, version: version ?? "", size: first, body: nothing(), cancel };
  }
  if (!ranged && status !== 200) {
    await cancel();
    throw new EddyError("remote_refused", `Cannot fetch '${shownAddress(url)}': the server answers ${status}`);
  }
  const length = headers.get("content-length");
  return {
    continues: ranged,
    version: fileVersion(headers),
    size: ranged ? Number(whole) : length === null ? undefined : Number(length),
    body,
    cancel,
  };
}

/** What names the state of a server's file: a weak tag names no bytes. */
export function fileVersion(headers: Headers): string {
  const tag = headers.get("etag");
  return tag?.startsWith('"') ? tag : headers.get("last-modified") ?? "";
}

type Seen = Pick<RangeAnswer, "version" | "size">;

function isOther(before: Seen, now: Seen): boolean {
  const differs = (a: unknown, b: unknown): boolean => Boolean(a) && Boolean(b) && a !== b;
  return differs(before.version, now.version) || differs(before.size, now.size);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function openPart(path: string): number {
  try {
    return openSync(path, existsSync(path) ? "r+" : "w+");
  } catch (cause) {
    throw new EddyError("configuration_invalid", `Cannot write '${path}': ${(cause as Error).message}`, { cause });
  }
}

/** The server's state that an earlier call saw; one without a name cannot be gone on with. */
function readNote(path: string, key: string): string | undefined {
  try {
    const { key: own, version } = JSON.parse(readFileSync(path, "utf8")) as { key?: string; version?: string };
    return own === key && version ? version : undefined;
  } catch {
    return undefined; // no note, or half of one: it begins anew
  }
}

function isDisk(cause: unknown): boolean {
  const { code = "", message = "" } = cause as { code?: string; message?: string };
  return code === "ENOSPC" || code === "EDQUOT" || /no space left|os error 28\b/i.test(message);
}

function explained(cause: unknown, url: string): unknown {
  const where = `Cannot fetch '${shownAddress(url)}'`;
  const { message } = cause as Error;
  if (isDisk(cause)) {
    const advice = "the disk is full; free some space and run the same command again, it goes on where it stopped";
    return new EddyError("disk_full", `${where}: ${advice}`, { cause });
  }
  if (cause instanceof EddyError && cause.code !== "remote_unavailable") return cause;
  const state = message.startsWith(`${where}: `) ? message : `${where}: ${message}`;
  const advice = "run the same command again, it goes on where it stopped";
  return new EddyError("remote_unavailable", `${state}; ${advice}`, { cause });
}
