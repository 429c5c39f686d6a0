import { z } from "zod";
import { EddyError } from "../../errors.ts";
import { argumentsCheck } from "./_read_parameters.ts";
import type { FunctionCheckpoint } from "./function_store.ts";

const count = z.int().min(0);
const shape = z.strictObject({
  version: z.literal(1),
  functions: z.array(z.strictObject({
    name: z.string(),
    description: z.string(),
    parameters: z.strictObject({
      type: z.literal("object"),
      properties: z.record(z.string(), z.record(z.string(), z.unknown())),
      required: z.array(z.string()),
      additionalProperties: z.literal(false),
    }),
    code: z.string(),
    revision: count,
  })),
  usage: z.array(z.strictObject({
    revision: count,
    name: z.string(),
    calls: count,
    failures: count,
    episodes: count,
    successes: count,
  })),
  nextRevision: count,
});

/**
 * Reads a checkpoint that was written as JSON.
 *
 * @throws {EddyError} `checkpoint_invalid` If it is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readFunctionCheckpoint } from "@eddy/eddy";
 * const empty = '{"version":1,"functions":[],"usage":[],"nextRevision":0}';
 * assert.deepEqual(readFunctionCheckpoint(empty).functions, []);
 * assert.throws(() => readFunctionCheckpoint("{}"), /version/);
 * ```
 */
export function readFunctionCheckpoint(json: string): FunctionCheckpoint {
  try {
    const checkpoint = shape.parse(JSON.parse(json));
    for (const { parameters } of checkpoint.functions) argumentsCheck(parameters);
    return checkpoint;
  } catch (error) {
    const state = error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
      : (error as Error).message;
    throw new EddyError("checkpoint_invalid", `Cannot read the functions: ${state}`, { cause: error });
  }
}
