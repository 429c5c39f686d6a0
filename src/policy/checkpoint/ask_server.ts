import { EddyError } from "../../errors.ts";

/** How a server is asked. */
export interface AskServerOptions {
  /** Default `GET`. */
  readonly method?: "GET" | "HEAD";
  /** What is sent along. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What to do with an answer that names another place. Default `follow`. */
  readonly redirect?: "follow" | "manual";
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Times that it is asked before giving up; waits of ½, 1, 2, 4, 4 … seconds stand between. Default 4. */
  readonly attempts?: number;
  /** Longest time in which nothing comes. Default 30 s. */
  readonly idleMs?: number;
  /** What `fetch` does. */
  readonly get?: typeof fetch;
}

/** What a server answered. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** What it sends, as it comes; ends with an error where nothing comes for too long. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up what it sends. */
  cancel(): Promise<void>;
}

/** Shortest and longest wait between two attempts. */
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 4_000;
const IDLE_MS = 30_000;

/**
 * Asks a server until it answers: again where there is no connection, where it is too busy (429) and where it fails (5xx).
 *
 * @throws {EddyError} `remote_unavailable` If there is no answer; one that is an error is an answer.
 */
export async function askServer(url: string, options: AskServerOptions = {}): Promise<ServerAnswer> {
  const { method = "GET", headers, redirect, signal, attempts = 4, get = fetch } = options;
  for (let attempt = 1;; attempt++) {
    const watch = watchIdle(options.idleMs ?? IDLE_MS, signal);
    let answer: Response;
    try {
      answer = await get(url, { method, headers, redirect, signal: watch.signal });
    } catch (error) {
      watch.end();
      const cause = watch.signal.aborted ? watch.signal.reason : error;
      if (attempt >= attempts || signal?.aborted) throw unavailable(url, cause);
      await waitBefore(attempt, undefined, signal);
      continue;
    }
    if ((answer.status === 429 || answer.status >= 500) && attempt < attempts) {
      watch.end();
      await answer.body?.cancel();
      await waitBefore(attempt, answer.headers.get("retry-after"), signal);
      continue;
    }
    return {
      status: answer.status,
      headers: answer.headers,
      body: watched(answer.body, watch),
      cancel(): Promise<void> {
        watch.end();
        return answer.body?.cancel() ?? Promise.resolve();
      },
    };
  }
}

/** Before another attempt: longer each time, or what the server asks for within reason. */
export async function waitBefore(
  attempt: number,
  retryAfter?: string | null,
  signal?: AbortSignal,
): Promise<void> {
  const asked = Number(retryAfter ?? NaN) * 1000;
  const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  const wait = asked > own ? Math.min(asked, 8 * LONGEST_WAIT_MS) : own;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, wait);
    signal?.addEventListener("abort", end);
  });
}

/** An address without what may be secret. */
export function shownAddress(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
  } catch {
    return url.replace(/[?#].*$/, ""); // of this site, in a browser
  }
}

interface IdleWatch {
  readonly signal: AbortSignal;
  /** Something came. */
  beat(): void;
  end(): void;
}

function watchIdle(idleMs: number, outer: AbortSignal | undefined): IdleWatch {
  const own = new AbortController();
  const stop = (): void => own.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop);
  const late = (): void => own.abort(new Error(`nothing came for ${idleMs / 1000} seconds`));
  let timer = setTimeout(late, idleMs);
  return {
    signal: own.signal,
    beat(): void {
      clearTimeout(timer);
      timer = setTimeout(late, idleMs);
    },
    end(): void {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}

async function* watched(body: ReadableStream<Uint8Array> | null, watch: IdleWatch): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body ?? []) {
      watch.beat();
      yield bytes;
    }
  } catch (error) {
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.end();
  }
}

function unavailable(url: string, cause: unknown): EddyError {
  const message = `Cannot fetch '${shownAddress(url)}': ${(cause as Error).message}`;
  return new EddyError("remote_unavailable", message, { cause });
}
