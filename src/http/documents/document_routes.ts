import { Hono } from "hono";
import type { AppDependencies } from "../app_dependencies.ts";
import type { RouteDescription } from "../route_description.ts";
import { docsPage } from "./docs_page.ts";
import { openApiDocument } from "./open_api_document.ts";
import { ROUTE_DESCRIPTIONS } from "./route_descriptions.ts";

/** The page runs its own script and style, and asks nobody but where it comes from. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; " +
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /openapi.json`, an OpenAPI 3.1 document of all routes, and `GET /docs`, the same as a page. Both need no key. */
export function documentRoutes(
  { version, agents }: Pick<AppDependencies, "version" | "agents">,
  descriptions: readonly RouteDescription[] = ROUTE_DESCRIPTIONS,
): Hono {
  const app = new Hono();
  const document = openApiDocument(descriptions, version);
  let page: string | undefined;
  app.get("/openapi.json", (c) => c.json(document));
  app.get("/docs", (c) => {
    page ??= docsPage(document, [...agents.keys()]);
    return c.html(page, 200, { "content-security-policy": POLICY, "cache-control": "no-cache" });
  });
  return app;
}
