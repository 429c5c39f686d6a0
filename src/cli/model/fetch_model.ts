import { EddyError } from "../../errors.ts";
import { fetchFile, fetchFolder } from "../../policy/mod.ts";
import type { Host } from "../host.ts";
import { shareReporter } from "./share_reporter.ts";

/** Whether an operand is an address, not a path. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** Whether an address is that of a GGUF file; others are of folders. */
export function isFileAddress(url: string): boolean {
  return pathOf(url).endsWith(".gguf");
}

/** What a model behind an address is called: `…/small.gguf` and `…/small/resolve/main/` are small. */
export function addressName(url: string): string {
  const path = pathOf(url).replace(/[^/]+\.(json|safetensors)$/, "").replace(/\/resolve\/[^/]+\/?$/, "");
  return path.replace(/\/+$/, "").split("/").at(-1)!.replace(/\.gguf$/, "") || "model";
}

/**
 * Fetches a model to `path` of this machine and tells how far it is; what is there stays when it is stopped.
 *
 * @throws {EddyError} As `fetchFile` and `fetchFolder`; `interrupted` At Ctrl-C.
 */
export async function fetchModel(url: string, path: string, sha256: string | undefined, host: Host): Promise<void> {
  const stop = new AbortController();
  const ended = host.onInterrupt(() => stop.abort(new Error("it was interrupted")));
  const report = shareReporter(host, "fetched");
  const progress = (bytes: number, size: number): void => report(size === 0 ? 1 : bytes / size);
  try {
    const fetchIt = isFileAddress(url) ? fetchFile : fetchFolder;
    await fetchIt(url, path, { sha256, signal: stop.signal, progress });
  } catch (cause) {
    if (!stop.signal.aborted) throw cause;
    const advice = "run the same command again, it goes on where it stopped";
    throw new EddyError("interrupted", `Cannot fetch '${url}': it was interrupted; ${advice}`, { cause });
  } finally {
    ended();
  }
}

function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch (cause) {
    throw new EddyError("configuration_invalid", `Cannot use '${url}': it is no address`, { cause });
  }
}
