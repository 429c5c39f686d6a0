import { Hono } from "hono";
import type { AppDependencies } from "../app_dependencies.ts";
import type { RouteDescription } from "../route_description.ts";
import { docsPage } from "./docs_page.ts";
import { type OpenApiDocument, openApiDocument } from "./open_api_document.ts";
import { routeDescriptions } from "./route_descriptions.ts";

/** The page runs its own script and style, and asks nobody but where it comes from. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; " +
  "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /openapi.json`, an OpenAPI 3.1 document of all routes, and `GET /docs`, the same as a page. Both need no key. */
export function documentRoutes(
  deps: Pick<AppDependencies, "version" | "agents" | "store" | "loop">,
  descriptions: readonly RouteDescription[] = routeDescriptions(deps),
): Hono {
  const app = new Hono();
  // Made when somebody asks: most processes are never asked.
  let made: OpenApiDocument | undefined;
  const document = (): OpenApiDocument => made ??= openApiDocument(descriptions, deps.version);
  let page: string | undefined;
  app.get("/openapi.json", (c) => c.json(document()));
  app.get("/docs", (c) => {
    page ??= docsPage(document(), [...deps.agents.keys()]);
    return c.html(page, 200, { "content-security-policy": POLICY, "cache-control": "no-cache" });
  });
  return app;
}
