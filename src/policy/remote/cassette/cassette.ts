import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { EddyError } from "../../../errors.ts";
import { contentHashOf } from "../../checkpoint/snapshot_bytes.ts";

/** One exchange with an endpoint, as a line of JSON. No header of the request is kept: they hold the key. */
interface Recorded {
  /** Of address path and body; equal bodies are equal whatever the order of their fields. */
  readonly hash: string;
  /** What was asked, for people. */
  readonly request: unknown;
  readonly status: number;
  /** Headers that a client reads. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a cassette is used. */
export interface CassetteOptions {
  /** The file. */
  readonly path: string;
  /** `record` asks the endpoint and writes a new file; `replay` reads the file and asks nobody. */
  readonly mode: "record" | "replay";
  /** What sends requests, for `record`. Default the runtime's. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

const KEPT_HEADERS = ["content-type", "retry-after", "retry-after-ms", "date"];

/**
 * A `fetch` that writes down what an endpoint answers, or answers from what was written down: one JSON line an exchange, in
 * order. A request that was recorded several times is answered in that order.
 *
 * @throws {EddyError} `data_missing` If there is no file to replay; `data_invalid` If a line is no exchange. What it returns
 * throws `data_missing` for a request that was not recorded, or not as often.
 */
export function cassette({ path, mode, fetch = globalThis.fetch }: CassetteOptions): (
  request: Request,
) => Promise<Response> {
  return mode === "record" ? recorder(path, fetch) : player(path);
}

function recorder(path: string, fetch: NonNullable<CassetteOptions["fetch"]>): (request: Request) => Promise<Response> {
  writeFileSync(path, "");
  return async (request) => {
    const { hash, body } = await read(request.clone());
    const response = await fetch(request);
    const text = await response.text();
    const headers = Object.fromEntries(
      KEPT_HEADERS.map((name) => [name, response.headers.get(name)]).filter(([, value]) => value !== null),
    );
    const line = { hash, request: body, status: response.status, headers, body: text } satisfies Recorded;
    appendFileSync(path, JSON.stringify(line) + "\n");
    return new Response(text, { status: response.status, headers });
  };
}

function player(path: string): (request: Request) => Promise<Response> {
  if (!existsSync(path)) {
    throw new EddyError("data_missing", `Cannot replay '${path}': there is no such file; record it`);
  }
  const byHash = Map.groupBy(linesOf(path), ({ hash }) => hash);
  const used = new Map<string, number>();
  return async (request) => {
    const { hash, model } = await read(request);
    const place = used.get(hash) ?? 0;
    const lines = byHash.get(hash) ?? [];
    if (place >= lines.length) {
      const state = lines.length === 0
        ? "was not recorded"
        : `was recorded ${lines.length} times and is asked once more`;
      throw new EddyError(
        "data_missing",
        `Cannot replay '${path}': the request ${hash.slice(0, 23)} to '${model}' ${state}; record the cassette again`,
      );
    }
    used.set(hash, place + 1);
    const { status, headers, body } = lines[place];
    return new Response(body, { status, headers });
  };
}

async function read(request: Request): Promise<{ hash: string; body: unknown; model: string }> {
  const body = JSON.parse(await request.text() || "null") as { readonly model?: unknown } | null;
  const written = `${request.method} ${new URL(request.url).pathname} ${canonical(body)}`;
  return { hash: contentHashOf(new TextEncoder().encode(written)), body, model: `${body?.model ?? ""}` };
}

/** JSON with the fields of all objects in order. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}

function linesOf(path: string): Recorded[] {
  return readFileSync(path, "utf8").split("\n").filter((line) => line.trim() !== "").map((line, index) => {
    try {
      const recorded = JSON.parse(line) as Recorded;
      if (typeof recorded.hash === "string" && typeof recorded.body === "string" && recorded.status >= 200) {
        return recorded;
      }
    } catch {
      // told below, with the line's number
    }
    throw new EddyError("data_invalid", `Cannot replay '${path}': line ${index + 1} is no recorded exchange`);
  });
}
