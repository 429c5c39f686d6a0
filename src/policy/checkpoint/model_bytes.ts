import { EddyError } from "../../errors.ts";

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
 * @throws {EddyError} `checkpoint_missing` If the server does not give it.
 */
export async function fetchedBytes(url: string, get: typeof fetch = fetch): Promise<ModelBytes> {
  const ask = async (init: RequestInit): Promise<Response> => {
    try {
      const response = await get(url, init);
      if (response.ok) return response;
      throw new Error(`the server answers ${response.status}`);
    } catch (cause) {
      throw new EddyError("checkpoint_missing", `Cannot read '${url}': ${(cause as Error).message}`, { cause });
    }
  };
  const range = (begin: number, end: number): Promise<Response> =>
    ask({ headers: { range: `bytes=${begin}-${end - 1}` } });
  const first = await range(0, 1);
  if (first.status !== 206) return blobBytes(await first.blob(), url);
  await first.body?.cancel();
  // Another site may keep the first from being read.
  const size = Number(
    /\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1] ??
      (await ask({ method: "HEAD" })).headers.get("content-length"),
  );
  if (!(size > 0)) throw new EddyError("checkpoint_missing", `Cannot read '${url}': the server does not say its size`);
  return { name: url, size, read: async (begin, end) => await (await range(begin, end)).arrayBuffer() };
}
