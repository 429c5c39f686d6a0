import { z } from "zod";
import {
  ERROR_MEANINGS,
  type RouteDescription,
  type RouteParameter,
  type RouteResponse,
} from "../route_description.ts";

/** A part of a JSON document. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** An OpenAPI 3.1 document, as far as it is read here. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>>; readonly securitySchemes: JsonObject };
}

/** One operation of a path. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly JsonObject[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: RouteParameter["in"];
    readonly required: boolean;
    readonly description: string;
    readonly schema: JsonObject;
  }[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly "x-scope"?: string;
}

/** Bodies by content type. */
export type Content = Readonly<Record<string, { readonly schema?: JsonObject; readonly examples?: JsonObject }>>;

/**
 * The OpenAPI 3.1 document of routes, made of the zod schemas that validate them. Schemas with an id stand in
 * `components.schemas`, once.
 *
 * @throws {RangeError} If two routes have one operation id or one method and path, or two schemas have one name.
 */
export function openApiDocument(routes: readonly RouteDescription[], version: string): OpenApiDocument {
  const schemas = new Map<string, JsonObject>();
  const paths: Record<string, Record<string, Operation>> = {};
  const operationIds = new Set<string>();
  for (const route of routes) {
    const operations = paths[route.path.replace(/:(\w+)/g, "{$1}")] ??= {};
    if (operationIds.has(route.operationId) || operations[route.method]) {
      throw new RangeError(
        `Cannot describe '${route.method} ${route.path}': '${route.operationId}' is described twice`,
      );
    }
    operationIds.add(route.operationId);
    operations[route.method] = operationOf(route, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Eddy",
      version,
      description: "Serve a language agent where its users are; it learns from every judged step.",
    },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([left], [right]) => left < right ? -1 : 1)),
      securitySchemes: { key: { type: "http", scheme: "bearer", description: "A key with the scope of the route." } },
    },
  };
}

type Schemas = Map<string, JsonObject>;

function operationOf(route: RouteDescription, schemas: Schemas): Operation {
  const { operationId, summary, description, tag, scope, parameters = [], request, responses, errors } = route;
  const examples = route.requestExamples ?? examplesOf(request);
  const refusals = (errors?.statuses ?? []).map((status) => [
    String(status),
    {
      description: ERROR_MEANINGS[status],
      content: { "application/json": { schema: jsonSchema(errors!.schema, "output", schemas) } },
    },
  ]);
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    security: scope === undefined ? [] : [{ key: [] }],
    ...(scope !== undefined && { "x-scope": scope }),
    ...(parameters.length > 0 && { parameters: parameters.map((one) => parameterOf(one, schemas)) }),
    ...(request && { requestBody: { required: true, content: jsonContent(request, "input", schemas, { examples }) } }),
    responses: Object.fromEntries([
      ...Object.entries(responses).map(([status, response]) => [status, responseOf(response, schemas)]),
      ...refusals,
    ]),
  };
}

function parameterOf({ name, in: place, description, schema }: RouteParameter, schemas: Schemas): NonNullable<
  Operation["parameters"]
>[number] {
  const required = place === "path" || !schema.safeParse(undefined).success;
  return { name, in: place, required, description, schema: jsonSchema(schema, "input", schemas) };
}

function responseOf(
  { description, schema, contentType = "application/json", also = {} }: RouteResponse,
  schemas: Schemas,
): {
  readonly description: string;
  readonly content?: Content;
} {
  if (!schema && contentType === "application/json") return { description };
  const others = Object.entries(also).map((
    [type, schema],
  ) => [type, { schema: jsonSchema(schema, "output", schemas) }]);
  const body = schema ? jsonContent(schema, "output", schemas, { contentType }) : { [contentType]: {} };
  return { description, content: { ...body, ...Object.fromEntries(others) } };
}

/** A body with its examples. */
function jsonContent(
  schema: z.ZodType,
  io: "input" | "output",
  schemas: Schemas,
  { contentType = "application/json", examples = examplesOf(schema) }: {
    readonly contentType?: string;
    readonly examples?: readonly unknown[];
  } = {},
): Content {
  const named = examples.map((value, index) => [`example${index + 1}`, { value }]);
  return {
    [contentType]: {
      schema: jsonSchema(schema, io, schemas),
      ...(named.length > 0 && { examples: Object.fromEntries(named) }),
    },
  };
}

function examplesOf(schema: z.ZodType | undefined): readonly unknown[] {
  const examples = schema?.meta()?.examples;
  return Array.isArray(examples) ? examples : [];
}

/** A schema as JSON schema; those with an id move to `schemas`. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", schemas: Schemas): JsonObject {
  const { $schema: _, $defs = {}, ...json } = moveReferences(
    z.toJSONSchema(schema, {
      io,
      target: "draft-2020-12",
      override: ({ jsonSchema }) => withoutSafeBounds(jsonSchema),
    }),
  ) as JsonObject & { readonly $defs?: Readonly<Record<string, JsonObject>> };
  for (const [name, { id: _, ...definition }] of Object.entries($defs)) {
    const known = schemas.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new RangeError(`Cannot describe '${name}': two schemas have this name, or it is both sent and answered`);
    }
    schemas.set(name, definition);
  }
  return json;
}

/** Whole numbers are safe ones in JavaScript, which says nothing to a reader. */
function withoutSafeBounds(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function moveReferences(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
