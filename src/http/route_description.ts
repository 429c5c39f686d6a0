import type { z } from "zod";
import type { Scope } from "../store/mod.ts";

/** What a route takes and answers, told with the schemas that validate it. `/openapi.json` and `/docs` are made of these. */
export interface RouteDescription {
  /** In small letters. */
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** As it is mounted: `/v1/models/:model`. */
  readonly path: string;
  /** Unique name, in camel case: what generated clients call it. */
  readonly operationId: string;
  /** A few words. */
  readonly summary: string;
  /** What else there is to know; lines and `code`. */
  readonly description?: string;
  /** Group that it is shown in. */
  readonly tag: string;
  /** What a key must be allowed to do; absent where everyone may. */
  readonly scope?: Scope;
  /** Parameters of path, query and headers by name. Those of the path are required. */
  readonly parameters?: readonly RouteParameter[];
  /** Body of a request, as JSON. */
  readonly request?: z.ZodType;
  /** Bodies to try; those of the schema (`.meta({ examples })`) unless given. */
  readonly requestExamples?: readonly unknown[];
  /** Answers by status. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Answers that are errors, all with one body. */
  readonly errors?: { readonly schema: z.ZodType; readonly statuses: readonly (keyof typeof ERROR_MEANINGS)[] };
}

/** One parameter of path, query or headers. */
export interface RouteParameter {
  /** Its name. */
  readonly name: string;
  /** Where it stands. */
  readonly in: "path" | "query" | "header";
  /** One sentence. */
  readonly description: string;
  /** What it may be. */
  readonly schema: z.ZodType;
}

/** One answer. */
export interface RouteResponse {
  /** One sentence. */
  readonly description: string;
  /** Its body, or one event of its stream; absent where there is none or it is no JSON. */
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** The same answer in another form, by content type: one event of a stream. */
  readonly also?: Readonly<Record<string, z.ZodType>>;
}

/** What each status of an error means. */
export const ERROR_MEANINGS = {
  400: "The request is not valid, or asks for what cannot be done.",
  401: "No key was sent, or it is unknown.",
  403: "The key may not do this.",
  404: "There is no such thing.",
  409: "It contradicts what is already kept.",
  410: "It is no longer valid.",
  413: "The body is too long.",
  415: "The body is not called JSON.",
  422: "The request is well-formed and cannot be done.",
  429: "Too many requests; `Retry-After` says when to try again.",
  500: "An internal error.",
  503: "Busy or not ready; `Retry-After` says when to try again.",
  504: "It took too long.",
} as const;
