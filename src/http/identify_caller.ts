import type { Context, MiddlewareHandler } from "hono";
import { createTokenBuckets } from "./_token_buckets.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment, Caller } from "./app_environment.ts";
import { Refusal } from "./refusal.ts";

/** Callers whose pace is remembered. */
const MOST_CALLERS = 10_000;
/** Who is asked by everything and must hear the truth. */
const UNLIMITED = new Set(["/health", "/ready"]);

/** What a server tells of a connection: Deno's, and Node's through its adapter. */
interface Connection {
  readonly remoteAddr?: { readonly hostname?: string };
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/**
 * Finds out who asks (`Authorization: Bearer eddy_…`, or `x-api-key: eddy_…`) and how often they did: each key has its pace, callers without a known
 * one share that of their address.
 *
 * @throws {Refusal} `rate_limited` If it was too often.
 */
export function identifyCaller(
  { access, limits: { perSecond }, monotonic }: Pick<AppDependencies, "access" | "limits" | "monotonic">,
  onLimited: () => void,
): MiddlewareHandler<AppEnvironment> {
  const buckets = createTokenBuckets(perSecond, MOST_CALLERS);
  const everyone: Caller = { scopes: access.anonymous, unknownKey: false };
  const stranger: Caller = { scopes: access.anonymous, unknownKey: true };
  return async (c, next) => {
    const key = c.req.header("x-api-key");
    const caller = callerOf(c.req.header("authorization") ?? (key === undefined ? undefined : `Bearer ${key}`));
    c.set("caller", caller);
    if (perSecond > 0 && !UNLIMITED.has(c.req.path)) {
      const wait = buckets.take(
        caller.name === undefined ? `address ${addressOf(c)}` : `key ${caller.name}`,
        monotonic(),
      );
      if (wait > 0) {
        onLimited();
        throw new Refusal("rate_limited", `Cannot answer: more than ${perSecond} requests a second`, {
          "retry-after": String(Math.ceil(wait)),
        });
      }
    }
    await next();
  };

  function callerOf(authorization: string | undefined): Caller {
    if (authorization === undefined) return everyone;
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const known = key === undefined ? undefined : access.verify(key);
    return known ? { name: known.name, scopes: known.scopes, unknownKey: false } : stranger;
  }
}

function addressOf(c: Context): string {
  const connection = c.env as Connection | undefined;
  return connection?.remoteAddr?.hostname ?? connection?.incoming?.socket?.remoteAddress ?? "unknown";
}
