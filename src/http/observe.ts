import type { Context, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Traffic } from "./_traffic.ts";
import type { AppDependencies } from "./app_dependencies.ts";
import type { AppEnvironment } from "./app_environment.ts";

const SANE_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const NO_CONTENT = "default-src 'none'; frame-ancestors 'none'";
/** Pages run their own scripts and styles, and talk to where they come from; one that needs another says so itself. */
const PAGE = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The outermost layer: names the request (`x-request-id`, the client's own where it is sane), counts the answer, and puts
 * on every answer the headers that browsers need to distrust it.
 */
export function observe(
  { newId, monotonic }: Pick<AppDependencies, "newId" | "monotonic">,
  traffic: Traffic,
): MiddlewareHandler<AppEnvironment> {
  // One id names this application, a number each of its requests.
  const application = newId().slice(0, 23);
  let requests = 0;
  return async (c, next) => {
    const started = monotonic();
    const sent = c.req.header("x-request-id");
    const requestId = sent !== undefined && SANE_ID.test(sent) ? sent : `${application}-${(++requests).toString(36)}`;
    c.set("requestId", requestId);
    await next();
    const { headers, status } = c.res;
    const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
    headers.set("x-request-id", requestId);
    headers.set("x-content-type-options", "nosniff");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", isPage ? PAGE : NO_CONTENT);
    if (isPage) {
      headers.set("referrer-policy", "no-referrer");
      headers.set("cross-origin-opener-policy", "same-origin");
    }
    traffic.answered(METHODS.has(c.req.method) ? c.req.method : "other", routeOf(c), status, monotonic() - started);
  };
}

/** The pattern of the handler that matched; middleware alone is no route. */
function routeOf(c: Context): string {
  const path = routePath(c, -1);
  return path === "*" || path === "/*" ? "unmatched" : path;
}
