import { EddyError } from "../../errors.ts";

/** A running service, and who asks. */
export interface ServiceAddress {
  /** `http://127.0.0.1:8000` */
  readonly server: string;
  readonly key?: string;
}

const DEADLINE_MS = 15_000;

/**
 * Asks a running service.
 *
 * @throws {EddyError} `store_unavailable` If nobody answers; `request_invalid` With what the service says is wrong.
 */
export async function askService<T>(
  { server, key }: ServiceAddress,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL(path, server), {
      method,
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (cause) {
    throw new EddyError(
      "store_unavailable",
      `Cannot reach ${server}: ${(cause as Error).message}; --server URL names another, 'deno task serve' starts one`,
      { cause },
    );
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  const said = messageOf(text);
  const hint = response.status === 401 || response.status === 403 ? "; set EDDY_KEY to a key with the scope" : "";
  throw new EddyError("request_invalid", `Cannot ask ${server}: ${response.status} ${said}${hint}`);
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { readonly error: { readonly message: string } }).error.message;
  } catch {
    return text.slice(0, 300);
  }
}
