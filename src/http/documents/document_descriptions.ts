import type { RouteDescription } from "../route_description.ts";
import { z } from "zod";

/** What {@linkcode documentRoutes} mounts. */
export const DOCUMENT_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: "get",
    path: "/openapi.json",
    operationId: "getOpenApi",
    summary: "This document",
    tag: "Documents",
    responses: {
      200: { description: "An OpenAPI 3.1 document of all routes.", schema: z.record(z.string(), z.unknown()) },
    },
  },
  {
    method: "get",
    path: "/docs",
    operationId: "getDocs",
    summary: "This document as a page",
    tag: "Documents",
    responses: { 200: { description: "A page that needs nothing but itself.", contentType: "text/html" } },
  },
];
