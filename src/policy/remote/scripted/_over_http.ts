import type { RemoteRequest } from "../wire.ts";
import { chunksOf } from "./_chunks.ts";
import type { ScriptedOutcome } from "./create_scripted_chat.ts";

/** What an endpoint needs of the stand-in behind it. */
export interface ScriptedEndpoint {
  /** What becomes of a request. */
  answer(request: RemoteRequest): ScriptedOutcome;
  /** Names of the models. */
  readonly models: readonly string[];
  /** What callers must send. */
  readonly key?: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** Answers one HTTP request as OpenAI's endpoint does. */
export async function answerOverHttp(request: Request, endpoint: ScriptedEndpoint): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (endpoint.key !== undefined && request.headers.get("authorization") !== `Bearer ${endpoint.key}`) {
    return refusal(401, "invalid_api_key", "Incorrect API key provided");
  }
  if (request.method === "GET" && pathname.endsWith("/models")) {
    const models = endpoint.models.map((id) => (
      { id, object: "model", created: endpoint.created, owned_by: "scripted" }
    ));
    return Response.json({ object: "list", data: models });
  }
  if (request.method !== "POST" || !pathname.endsWith("/chat/completions")) {
    return refusal(404, "unknown_url", `Unknown request URL: ${request.method} ${pathname}`);
  }
  const body = await request.json().catch(() => undefined) as RemoteRequest | undefined;
  if (typeof body?.model !== "string" || !Array.isArray(body.messages) || body.messages.length === 0) {
    return refusal(400, "invalid_request", "The body must be JSON with 'model' and 'messages'");
  }
  return await respond(endpoint.answer(body), body, request.signal);
}

async function respond(outcome: ScriptedOutcome, request: RemoteRequest, signal: AbortSignal): Promise<Response> {
  switch (outcome.kind) {
    case "refused":
      return refusal(outcome.status, outcome.code, outcome.message);
    case "http": {
      const { status, retryAfterSeconds } = outcome;
      const headers: Record<string, string> = retryAfterSeconds === undefined
        ? {}
        : { "retry-after": String(retryAfterSeconds) };
      return refusal(status, "scripted_fault", `Scripted error ${status}`, headers);
    }
    case "stalled":
      return await silence(signal);
    case "answered": {
      const { completion, broken } = outcome;
      const text = request.stream
        ? [
          ...chunksOf(completion, request.stream_options?.include_usage ?? false).map((one) => JSON.stringify(one)),
          "[DONE]",
        ]
          .map((event) => `data: ${event}\n\n`).join("")
        : JSON.stringify(completion);
      const type = request.stream ? "text/event-stream" : "application/json";
      const body = broken ? text.slice(0, Math.floor(text.length / 2)) : text;
      return new Response(body, { headers: { "content-type": type } });
    }
  }
}

/** Nothing, until the caller gives up. */
function silence(signal: AbortSignal): Promise<Response> {
  return new Promise((_, reject) => {
    const give = (): void => reject(signal.reason);
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = status === 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error";
  return Response.json({ error: { message, type, param: null, code } }, { status, headers });
}
