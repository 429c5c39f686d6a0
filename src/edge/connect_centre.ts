import { EddyError } from "../errors.ts";
import { ASSIGNMENT_EVENT, type AssignmentMessage, type IngestAnswer } from "../http/edge_messages.ts";
import type { StoredKey } from "../store/mod.ts";
import type { Centre } from "./centre.ts";
import { readEvents } from "./_read_events.ts";

/** Where the centre is, and how long it may take. */
export interface CentreAddress {
  /** Asks; `globalThis.fetch`, or what a test puts in its place. */
  readonly fetch: (request: Request) => Promise<Response> | Response;
  /** `https://…`, without a path. */
  readonly address: string;
  /** Key with the scopes `decide`, `feedback` and `read`; none where the centre is open. */
  readonly key?: string;
  /** Longest wait for an answer, milliseconds. Default 10000. */
  readonly deadlineMs?: number;
  /** Longest silence of a stream, milliseconds. Default 15000: three signs of life. */
  readonly silenceMs?: number;
}

/** Statuses that say that the body is wrong: sending it again is no use. */
const REFUSALS: readonly number[] = [400, 413, 422];

/** The centre over HTTP. */
export function connectCentre(options: CentreAddress): Centre {
  const { fetch, address, key, deadlineMs = 10_000, silenceMs = 15_000 } = options;
  const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };

  /** Asks, and reads the answer within the deadline. */
  async function ask<T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<T> {
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(), deadlineMs);
    try {
      const request = new Request(new URL(path, address), { ...init, headers, signal: given.signal });
      return await read(await fetch(request));
    } catch (cause) {
      if (cause instanceof EddyError) throw cause;
      const state = given.signal.aborted ? `no answer within ${deadlineMs} ms` : (cause as Error).message;
      throw new EddyError("store_unavailable", `Cannot reach the centre at ${address}: ${state}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ingest: (batch) =>
      ask("/v1/edge/ingest", { method: "POST", body: JSON.stringify(batch) }, async (response) => {
        if (REFUSALS.includes(response.status)) {
          return { kind: "refused", reason: (await response.text()).slice(0, 500) };
        }
        return { kind: "kept", ...await (await succeeded(response)).json() as IngestAnswer };
      }),
    agent: (name, have) =>
      ask(
        `/v1/edge/agents/${encodeURIComponent(name)}?have=${have.join(",")}`,
        {},
        async (response) => await (await succeeded(response)).json() as AssignmentMessage,
      ),
    snapshot: (hash) =>
      ask(`/v1/edge/snapshots/${hash}`, {}, async (response) => {
        const bytes = new Uint8Array(await (await succeeded(response)).arrayBuffer());
        if (await sha256Of(bytes) === hash) return bytes;
        throw new EddyError("data_invalid", `Cannot use the snapshot '${hash}': its bytes have another hash`);
      }),
    keys: () =>
      ask("/v1/edge/keys", {}, async (response) => await (await succeeded(response)).json() as readonly StoredKey[]),
    async *follow(agents, signal): AsyncGenerator<AssignmentMessage | undefined> {
      const ended = new AbortController();
      const end = (): void => ended.abort();
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      const timer = setTimeout(end, deadlineMs);
      try {
        const query = new URLSearchParams(agents.map((agent) => ["agent", agent]));
        const request = new Request(new URL(`/v1/edge/follow?${query}`, address), { headers, signal: ended.signal });
        const { body } = await succeeded(await fetch(request));
        clearTimeout(timer);
        for await (const event of readEvents(body!, silenceMs, ended.signal)) {
          if (event?.event === ASSIGNMENT_EVENT) yield JSON.parse(event.text) as AssignmentMessage;
          else yield undefined;
        }
      } catch (cause) {
        if (signal.aborted) return;
        if (cause instanceof EddyError) throw cause;
        const state = (cause as Error).message;
        throw new EddyError("store_unavailable", `Cannot follow the centre at ${address}: ${state}`, { cause });
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        end();
      }
    },
  };
}

/** The response. @throws {EddyError} If it tells a failure; its body is then read to the end. */
async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  const said = (await response.text()).slice(0, 200);
  const code = response.status === 401 || response.status === 403 ? "key_invalid" : "store_unavailable";
  throw new EddyError(code, `Cannot use the centre: it answered ${response.status} ${said}`);
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
