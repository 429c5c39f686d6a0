import { EddyError } from "../../errors.ts";
import { askServer, type AskServerOptions, type ServerAnswer, shownAddress } from "./ask_server.ts";

/** A file that is not on disk: where it is, and how parts of it are had. */
export interface ModelBytes {
  /** What errors call it. */
  readonly name: string;
  /** Bytes there are. */
  readonly size: number;
  /** Bytes `begin` to `end`. */
  read(begin: number, end: number): Promise<ArrayBuffer>;
}

/** A file that somebody chose in a browser, or bytes in memory. */
export function blobBytes(blob: Blob | ArrayBuffer, name: string): ModelBytes {
  if (blob instanceof ArrayBuffer) {
    return { name, size: blob.byteLength, read: (begin, end) => Promise.resolve(blob.slice(begin, end)) };
  }
  return { name, size: blob.size, read: (begin, end) => blob.slice(begin, end).arrayBuffer() };
}

/**
 * A file behind an address, read in ranges. From a server that gives no ranges it is had whole, once.
 *
 * @param get What `fetch` does.
 * @throws {EddyError} `checkpoint_missing` If the server does not give it; reading `checkpoint_invalid` If it changed meanwhile.
 */
export async function fetchedBytes(url: string, get: typeof fetch = fetch): Promise<ModelBytes> {
  const ask = async (options: AskServerOptions): Promise<ServerAnswer> => {
    const answer = await askServer(url, { ...options, get });
    if (answer.status >= 200 && answer.status < 300) return answer;
    await answer.cancel();
    const message = `Cannot read '${shownAddress(url)}': the server answers ${answer.status}`;
    throw new EddyError("checkpoint_missing", message);
  };
  const range = (begin: number, end: number): Promise<ServerAnswer> =>
    ask({ headers: { range: `bytes=${begin}-${end - 1}` } });
  const first = await range(0, 1);
  if (first.status !== 206) return blobBytes(await bytesOf(first), url);
  await first.cancel();
  // Another site may keep the first from being read.
  const size = sizeOf(first) ?? Number((await ask({ method: "HEAD" })).headers.get("content-length"));
  if (!(size > 0)) {
    throw new EddyError("checkpoint_missing", `Cannot read '${shownAddress(url)}': the server does not say its size`);
  }
  const tag = first.headers.get("etag");
  return {
    name: url,
    size,
    async read(begin, end): Promise<ArrayBuffer> {
      const answer = await range(begin, end);
      const isOther = (sizeOf(answer) ?? size) !== size || (answer.headers.get("etag") ?? tag) !== tag;
      if (!isOther && answer.status === 206) return await bytesOf(answer);
      await answer.cancel();
      const state = isOther ? "it changed at the server while it was read" : "the server no longer gives ranges of it";
      throw new EddyError("checkpoint_invalid", `Cannot read '${shownAddress(url)}': ${state}; load it again`);
    },
  };
}

/** Length of the whole, as the answer with a range says it. */
function sizeOf({ headers }: ServerAnswer): number | undefined {
  const [, whole] = /\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return whole === undefined ? undefined : Number(whole);
}

async function bytesOf({ body }: ServerAnswer): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of body) parts.push(part as Uint8Array<ArrayBuffer>);
  return await new Blob(parts).arrayBuffer();
}
