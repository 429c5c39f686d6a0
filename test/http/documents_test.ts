import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import { docsPage, type OpenApiDocument, openApiDocument, routeDescriptions } from "../../src/http/documents/mod.ts";
import { type AppDependencies, createApp } from "../../src/http/mod.ts";
import type { RouteDescription } from "../../src/http/route_description.ts";
import type { CentralLoop } from "../../src/learning/mod.ts";
import { openSqliteStore } from "../../src/store/mod.ts";
import { fakeApplication } from "./openai/fake_application.ts";

const { deps } = fakeApplication();
const app = createApp({ ...deps, access: { ...deps.access, anonymous: ["decide", "feedback", "read", "manage"] } });
const documentOf = async (deps: AppDependencies): Promise<OpenApiDocument> =>
  await (await createApp(deps).request("/openapi.json")).json();
await using store = await openSqliteStore(":memory:", { metrics: {} });
/** A loop in which nothing happens; what learns is not asked here. */
const loop = { onEvent: () => () => {}, onPublished: () => () => {} } as unknown as CentralLoop;
const centre: AppDependencies = { ...deps, store, loop };
const document = await documentOf(centre);
const ROUTES = routeDescriptions(centre);
const JSON_TYPE = { "content-type": "application/json" };

/** What `createApp` mounts: the routes of the application that groups are mounted in. */
function routesOf(deps: AppDependencies): Hono["routes"] {
  const mount = Hono.prototype.route;
  const apps: Hono[] = [];
  Hono.prototype.route = function (this: Hono, ...group: Parameters<typeof mount>): Hono {
    apps.push(this);
    return mount.apply(this, group);
  } as typeof mount;
  try {
    createApp(deps);
  } finally {
    Hono.prototype.route = mount;
  }
  return apps.reduce((most, app) => app.routes.length > most.routes.length ? app : most).routes;
}

/** `GET /v1/models/{model}` of every route that answers; what only passes requests on (`ALL`) is none. */
function mounted(routes: Hono["routes"]): string[] {
  const answering = routes.filter(({ method }) => method !== "ALL");
  return [...new Set(answering.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`))].sort();
}

function described({ paths }: OpenApiDocument): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  ).sort();
}

/** Every value below `at` that is an object. */
function* objectsIn(at: unknown): Generator<Record<string, unknown>> {
  if (typeof at !== "object" || at === null) return;
  if (!Array.isArray(at)) yield at as Record<string, unknown>;
  for (const value of Object.values(at)) yield* objectsIn(value);
}

function resolve(reference: string): unknown {
  return reference.slice(2).split("/").reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document);
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, operation }))
);

describe("/openapi.json", () => {
  it("names every route that is mounted, and no other", async () => {
    deepEqual(described(document), mounted(routesOf(centre)));
    ok(described(document).length >= 25);
    const edge = described(await documentOf(deps));
    deepEqual(edge, mounted(routesOf(deps)));
    equal(described(document).length - edge.length, 5, "the routes for edges");
  });

  it("is an OpenAPI 3.1 document with title, version and tags that are used", () => {
    match(document.openapi, /^3\.1\.\d$/);
    ok(document.info.title && document.info.version);
    deepEqual(
      new Set(operations.flatMap(({ operation }) => operation.tags)),
      new Set(document.tags.map(({ name }) => name)),
    );
  });

  it("has references that resolve, and components that are referred to", () => {
    const references = [...objectsIn(document)].flatMap(({ $ref }) => typeof $ref === "string" ? [$ref] : []);
    ok(references.length > 10);
    deepEqual(references.filter((reference) => !reference.startsWith("#/components/schemas/")), []);
    deepEqual(references.filter((reference) => resolve(reference) === undefined), []);
    const used = new Set(references.map((reference) => reference.split("/").at(-1)));
    deepEqual(Object.keys(document.components.schemas).filter((name) => !used.has(name)), []);
    deepEqual([...objectsIn(document)].filter((object) => "$defs" in object || "$schema" in object), []);
  });

  it("has unique operation ids, and component names as the specification allows them", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    equal(new Set(ids).size, ids.length);
    deepEqual(Object.keys(document.components.schemas).filter((name) => !/^[a-zA-Z0-9._-]+$/.test(name)), []);
  });

  it("describes exactly the parameters that stand in a path, as required", () => {
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      deepEqual(inPath.map(({ name }) => `{${name}}`).sort(), (path.match(/\{\w+\}/g) ?? []).sort());
      ok(inPath.every(({ required }) => required));
    }
  });

  it("has an answer for every operation, each with a description and a status", () => {
    for (const { path, operation: { responses } } of operations) {
      ok(Object.keys(responses).length > 0, path);
      for (const [status, { description }] of Object.entries(responses)) {
        match(status, /^[1-5]\d\d$/);
        ok(description.length > 0);
      }
    }
  });

  it("has security schemes that exist", () => {
    for (const { operation: { security } } of operations) {
      for (const scheme of security) {
        deepEqual(Object.keys(scheme).filter((name) => !(name in document.components.securitySchemes)), []);
      }
    }
  });

  it("has examples that the schemas accept", () => {
    let examples = 0;
    for (const { method, path, request, requestExamples, responses, errors } of ROUTES) {
      const schemas = [request, errors?.schema, ...Object.values(responses).map(({ schema }) => schema)];
      for (const schema of schemas.filter((schema) => schema !== undefined)) {
        for (const example of schema.meta()?.examples as unknown[] ?? []) {
          examples++;
          const parsed = schema.safeParse(example);
          ok(parsed.success, `${method} ${path}: ${parsed.error && z.prettifyError(parsed.error)}`);
        }
      }
      for (const example of requestExamples ?? []) ok(request!.safeParse(example).success, `${method} ${path}`);
      const toTry = requestExamples ?? request?.meta()?.examples as unknown[] ?? [];
      ok(!request || toTry.length > 0, `${method} ${path} has an example to try`);
    }
    ok(examples > 4);
  });

  it("has schemas that real answers satisfy", async () => {
    const chat = { model: "router", messages: [{ role: "user", content: "a" }], logprobs: true, n: 2 };
    const asked: [string, string, unknown?][] = [
      ["createChatCompletion", "/v1/chat/completions", chat],
      ["createChatCompletion", "/v1/chat/completions", { ...chat, model: "desk" }],
      ["createCompletion", "/v1/completions", { model: "router", prompt: "a", logprobs: 1 }],
      ["listModels", "/v1/models"],
      ["retrieveModel", "/v1/models/desk"],
      ["retrieveModel", "/v1/models/none"],
      ["createEmbedding", "/v1/embeddings", {}],
      ["decide", "/v1/decisions", { agent: "router", text: "a" }],
      ["decide", "/v1/decisions", [{ agent: "router", text: "a" }, { agent: "desk", text: "b" }]],
      ["decide", "/v1/decisions", {}],
      ["judge", "/v1/feedback", { receipt: "none", value: true }],
      ["endEpisode", "/v1/episodes/e/end", { terminated: false }],
      ["getEpisode", "/v1/episodes/e"],
      ["listPolicies", "/v1/policies"],
      ["publishPolicy", "/v1/policies/router/publish", { version: 1 }],
      ["getStatus", "/v1/status"],
      ["getHealth", "/health"],
      ["getReadiness", "/ready"],
    ];
    for (const [id, path, body] of asked) {
      const route = ROUTES.find(({ operationId }) => operationId === id)!;
      const init = body === undefined ? {} : { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) };
      const response = await app.request(path, init);
      const schema = response.ok ? route.responses[response.status].schema! : route.errors!.schema;
      // Exact: what an answer has and its schema has not would be lost by parsing.
      const answer = await response.json();
      deepEqual(schema.parse(answer), answer);
    }
  });
});

describe("docsPage()", () => {
  it("has a section and a form for each operation, and nothing of another place", () => {
    const page = docsPage(document, ["router"]);
    for (const { operation: { operationId } } of operations) ok(page.includes(`id="${operationId}"`), operationId);
    equal(page.match(/<form data-method/g)?.length, operations.length);
    deepEqual(page.match(/(?:src|href)="(?:https?:)?\/\/[^"]*"/g), null);
    ok(!page.replace(/<script>[^]*<\/script>/, "").includes("undefined"), "nothing is missing");
  });

  it("shows what it is given as text", () => {
    const page = docsPage(document, ['<img src=x onerror="alert(1)">']);
    ok(!page.includes("<img"));
  });
});

describe("openApiDocument()", () => {
  const route: RouteDescription = {
    method: "get",
    path: "/a/:b",
    operationId: "a",
    summary: "A",
    tag: "T",
    parameters: [{ name: "b", in: "path", description: "B.", schema: z.string() }],
    responses: { 200: { description: "Fine.", schema: z.object({ x: z.int() }) } },
  };

  it("writes a route as the specification does", () => {
    deepEqual(openApiDocument([route], "1.2.3").paths, {
      "/a/{b}": {
        get: {
          operationId: "a",
          summary: "A",
          tags: ["T"],
          security: [],
          parameters: [{ name: "b", in: "path", required: true, description: "B.", schema: { type: "string" } }],
          responses: {
            200: {
              description: "Fine.",
              content: {
                "application/json": {
                  schema: {
                    type: "object",
                    properties: { x: { type: "integer" } },
                    required: ["x"],
                    additionalProperties: false,
                  },
                },
              },
            },
          },
        },
      },
    });
  });

  it("throws when routes or schemas share a name", () => {
    throws(() => openApiDocument([route, route], "1"), /'a' is described twice/);
    throws(() => openApiDocument([route, { ...route, method: "post" }], "1"), /'a' is described twice/);
    const answering = (operationId: string, shape: z.ZodRawShape): RouteDescription => {
      const schema = z.object({ inner: z.object(shape).meta({ id: "OneName" }) });
      return { ...route, path: `/${operationId}`, operationId, responses: { 200: { description: "Fine.", schema } } };
    };
    throws(
      () => openApiDocument([answering("c", { x: z.string() }), answering("d", { x: z.number() })], "1"),
      /'OneName': two schemas have this name/,
    );
  });
});
