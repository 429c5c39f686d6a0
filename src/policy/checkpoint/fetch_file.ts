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
import { fileHash } from "./content_hash.ts";

/** How to fetch. */
export interface FetchFileOptions {
  /** SHA-256 that the whole file must have, in hexadecimal. */
  readonly sha256?: string;
  /** Told after each range: bytes that are there, of all. */
  readonly progress?: (bytes: number, size: number) => void;
  /** Bytes of one range. Default 16 MiB. */
  readonly rangeBytes?: number;
  /** Stops it; what is there stays for the next time. */
  readonly signal?: AbortSignal;
}

/** Times that a range is asked for before giving up. */
const ATTEMPTS = 4;

/**
 * Fetches a file range by range into `path`. What is there of it stays in `PATH.download` when the connection, the program or
 * the machine stops; the next call goes on behind it, unless the server's file is another by then.
 *
 * @throws {EddyError} `remote_unavailable` If the server does not answer; `remote_refused` If it answers with an error;
 * `checkpoint_invalid` If the whole file has another checksum: it is removed.
 */
export async function fetchFile(url: string, path: string, options: FetchFileOptions = {}): Promise<void> {
  const { sha256, progress, rangeBytes = 1 << 24, signal } = options;
  const part = `${path}.download`, note = `${path}.download.json`;
  const key = createHash("sha256").update(url).digest("hex");
  let version = existsSync(part) ? readNote(note, key) : undefined;
  if (version === undefined) rmSync(part, { force: true });
  let have = existsSync(part) ? statSync(part).size : 0;
  const descriptor = openPart(part);
  try {
    for (let size = Infinity, failures = 0; have < size;) {
      const answer = await askRange(url, have, have + rangeBytes - 1, { version, signal });
      if (have > 0 && !answer.continues) { // another file, or a server that knows no ranges
        have = 0;
        ftruncateSync(descriptor, 0);
      }
      version = answer.version;
      writeFileSync(note, JSON.stringify({ key, version }));
      size = answer.size ?? Infinity;
      const before = have;
      try {
        for await (const bytes of answer.body) {
          for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, have + at);
          have += bytes.length;
          progress?.(have, answer.size ?? have);
        }
        if (answer.size === undefined) break;
      } catch (cause) {
        if (signal?.aborted || isDisk(cause) || have === before || answer.size === undefined) throw cause;
      }
      failures = have === before ? failures + 1 : 0;
      if (failures >= ATTEMPTS) throw new Error(`it ends after ${have} of ${size} bytes`);
    }
    fsyncSync(descriptor);
  } catch (cause) {
    throw explained(cause, url);
  } finally {
    closeSync(descriptor);
  }
  const found = sha256 === undefined ? undefined : fileHash(part).slice("sha256:".length);
  if (found !== sha256?.toLowerCase()) {
    for (const each of [part, note]) rmSync(each, { force: true });
    const message = `Cannot use '${shown(url)}': its SHA-256 is ${found}, not ${sha256}; it was removed`;
    throw new EddyError("checkpoint_invalid", message);
  }
  renameSync(part, path);
  rmSync(note, { force: true });
}

interface RangeAnswer {
  /** Whether the bytes begin where they were asked for. */
  readonly continues: boolean;
  /** Names the state of the server's file. */
  readonly version: string;
  /** Length of the whole file; undefined where the server does not say it. */
  readonly size: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

async function askRange(
  url: string,
  first: number,
  last: number,
  { version, signal }: { readonly version: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<RangeAnswer> {
  for (let attempt = 1;; attempt++) {
    let answer: Response;
    try {
      answer = await fetch(url, {
        headers: { range: `bytes=${first}-${last}`, ...(first > 0 && version ? { "if-range": version } : {}) },
        signal,
      });
    } catch (cause) {
      if (attempt < ATTEMPTS && !signal?.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
        continue;
      }
      throw new EddyError("remote_unavailable", `Cannot fetch '${shown(url)}': ${(cause as Error).message}`, { cause });
    }
    if (answer.status >= 500 && attempt < ATTEMPTS) {
      await answer.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
      continue;
    }
    const [, begin, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "") ?? [];
    const ranged = answer.status === 206 && Number(begin) === first;
    if (answer.status === 416 && answer.headers.get("content-range") === `bytes */${first}` && first > 0) {
      await answer.body?.cancel();
      return { continues: true, version: version ?? "", size: first, body: nothing() };
    }
    if (!ranged && answer.status !== 200) {
      await answer.body?.cancel();
      throw new EddyError("remote_refused", `Cannot fetch '${shown(url)}': the server answers ${answer.status}`);
    }
    const length = answer.headers.get("content-length");
    // A weak tag names no bytes.
    const tag = answer.headers.get("etag");
    const state = tag?.startsWith('"') ? tag : answer.headers.get("last-modified") ?? "";
    return {
      continues: ranged,
      version: state,
      size: ranged ? Number(whole) : length === null ? undefined : Number(length),
      body: answer.body ?? nothing(),
    };
  }
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
  if (cause instanceof EddyError) return cause;
  const { message } = cause as Error;
  if (isDisk(cause)) {
    const advice = "the disk is full; free some space and run the same command again, it goes on where it stopped";
    return new EddyError("disk_full", `Cannot fetch '${shown(url)}': ${advice}`, { cause });
  }
  const advice = "run the same command again, it goes on where it stopped";
  return new EddyError("remote_unavailable", `Cannot fetch '${shown(url)}': ${message}; ${advice}`, { cause });
}

/** An address without what may be secret. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
