import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { openApiDocument } from "../../src/http/documents/mod.ts";
import { NATIVE_DESCRIPTIONS } from "../../src/http/native_descriptions.ts";
import { nativeRoutes } from "../../src/http/native_routes.ts";
import { fakeApp } from "./fakes.ts";

describe("NATIVE_DESCRIPTIONS", () => {
  it("names every native route, and no other", () => {
    const mounted = nativeRoutes(fakeApp().deps, {} as Parameters<typeof nativeRoutes>[1]).routes;
    const names = (routes: readonly { readonly method: string; readonly path: string }[]): string[] =>
      [...new Set(routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`))].sort();
    deepEqual(names(NATIVE_DESCRIPTIONS), names(mounted));
  });

  it("makes an OpenAPI document with the bodies that are validated", () => {
    const { components } = openApiDocument(NATIVE_DESCRIPTIONS, "0");
    ok(["DecisionRequest", "FeedbackRequest", "DecisionAnswer", "Error"].every((name) => name in components.schemas));
  });
});
