import type { Sandbox, SandboxResult } from "../sandbox/mod.ts";
import { exampleOf } from "./_example_of.ts";
import { argumentsCheck, readParameters } from "./_read_parameters.ts";
import type { FunctionAction, FunctionDraft } from "./function_action.ts";
import type {
  ActionValidity,
  FunctionCheckpoint,
  FunctionEpisode,
  FunctionResult,
  FunctionStore,
  FunctionUsage,
} from "./function_store.ts";
import type { LearnedFunction } from "./learned_function.ts";

/** What a store is made with. */
export interface FunctionStoreOptions {
  /** Where every function runs, in trials and later. */
  readonly sandbox: Sandbox;
  /** How long one call may take, in milliseconds; the sandbox's own deadline unless given. */
  readonly deadline?: number;
  /** Most functions at once: all of them are told to the agent at every step. Default 32. */
  readonly most?: number;
  /** What to begin with. */
  readonly from?: FunctionCheckpoint;
}

type Draft = Omit<LearnedFunction, "revision">;

/**
 * Makes a store of functions that an agent learns.
 *
 * Functions are only changed by valid actions: one that cannot be read, cannot be checked or fails its trial changes
 * nothing. A revision counts as a new function: it has no credit until it is called in an episode.
 *
 * @throws {RangeError} If `most` is not a positive whole number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createFunctionStore, openSandbox, sandboxHost } from "@eddy/eddy";
 * const sandbox = await openSandbox({ host: sandboxHost(), now: () => performance.now(), size: 1 });
 * const store = createFunctionStore({ sandbox });
 * const draft = { name: "area", description: "Of a rectangle.", arguments: '{"a": {"type": "number"}, "b": {"type": "number"}}' };
 * assert.equal((await store.apply({ action: "add_function", ...draft, code: "({ a, b }) => a * c" })).valid, false);
 * assert.equal((await store.apply({ action: "add_function", ...draft, code: "({ a, b }) => a * b" })).valid, true);
 * const episode = store.openEpisode();
 * assert.deepEqual(await episode.call("area", { a: 6, b: 7 }), { kind: "value", value: 42 });
 * episode.end(true);
 * assert.deepEqual(store.usage(), [{ revision: 0, name: "area", calls: 1, failures: 0, episodes: 1, successes: 1 }]);
 * await sandbox.close();
 * ```
 */
export function createFunctionStore({ sandbox, deadline, most = 32, from }: FunctionStoreOptions): FunctionStore {
  if (!Number.isSafeInteger(most) || most < 1) throw new RangeError(`Cannot keep functions: the most is ${most}`);
  let functions: readonly LearnedFunction[] = from?.functions ?? [];
  let nextRevision = from?.nextRevision ?? 0;
  const checks = new Map<number, ReturnType<typeof argumentsCheck>>();
  const log = new Map((from?.usage ?? []).map((usage) => [usage.revision, usage]));

  const find = (name: string): LearnedFunction | undefined => functions.find((each) => each.name === name);
  const note = ({ revision, name }: LearnedFunction, more: Partial<Record<keyof FunctionUsage, number>>): void => {
    const { calls, failures, episodes, successes } = log.get(revision) ?? nothingOf({ revision, name });
    log.set(revision, {
      revision,
      name,
      calls: calls + (more.calls ?? 0),
      failures: failures + (more.failures ?? 0),
      episodes: episodes + (more.episodes ?? 0),
      successes: successes + (more.successes ?? 0),
    });
  };
  /** The function that an action would leave; throws what is wrong with it. */
  const drafted = async (action: FunctionAction): Promise<Draft | undefined> => {
    if (action.action === "TERMINATE") return;
    const known = find(action.name);
    if (action.action === "add_function") {
      if (known) throw new TypeError(`there is a function '${action.name}'; revise or remove it`);
      if (functions.length >= most) throw new TypeError(`there are ${most} functions; revise or remove one first`);
    } else if (!known) {
      const names = functions.map(({ name }) => name).join(", ") || "none";
      throw new TypeError(`there is no function '${action.name}'; there are: ${names}`);
    }
    if (action.action === "remove_function") return;
    const draft = readDraft(action);
    await tryOut(draft);
    return draft;
  };
  const tryOut = async ({ parameters, code }: Draft): Promise<void> => {
    const example = exampleOf(parameters as unknown as Record<string, unknown>);
    const wrong = argumentsCheck(parameters)(example);
    if (wrong) throw new TypeError(`no example fits 'arguments' (${wrong}); give each an 'examples' list`);
    const result = await sandbox.call(code, example, { deadline });
    if (result.kind === "value") return;
    throw new TypeError(`the trial call with ${JSON.stringify(example)} gave no value: ${reasonOf(result)}`);
  };
  const attempt = async (action: FunctionAction): Promise<ActionValidity & { readonly draft?: Draft }> => {
    try {
      return { valid: true, draft: await drafted(action) };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { valid: false, reason: error.message };
    }
  };
  const call = async (learned: LearnedFunction, given: unknown): Promise<FunctionResult> => {
    const check = checks.get(learned.revision) ?? argumentsCheck(learned.parameters);
    checks.set(learned.revision, check);
    const wrong = check(given);
    if (wrong) return { kind: "failed", reason: wrong };
    const result = await sandbox.call(learned.code, given, { deadline });
    return result.kind === "value" ? result : { kind: "failed", reason: reasonOf(result) };
  };

  return {
    get functions(): readonly LearnedFunction[] {
      return functions;
    },
    async validate(action): Promise<ActionValidity> {
      const { draft: _, ...validity } = await attempt(action);
      return validity;
    },
    async apply(action): Promise<ActionValidity> {
      const { draft, ...validity } = await attempt(action);
      if (!validity.valid || action.action === "TERMINATE") return validity;
      const next = draft && { ...draft, revision: nextRevision++ };
      if (action.action === "add_function") functions = [...functions, next!];
      else functions = functions.flatMap((each) => each.name === action.name ? next ?? [] : each);
      return validity;
    },
    openEpisode(): FunctionEpisode {
      const called = new Map<number, LearnedFunction>();
      return {
        async call(name, given): Promise<FunctionResult> {
          const learned = find(name);
          if (!learned) return { kind: "failed", reason: `there is no function '${name}'` };
          called.set(learned.revision, learned);
          const result = await call(learned, given);
          note(learned, { calls: 1, failures: Number(result.kind === "failed") });
          return result;
        },
        end(success): void {
          for (const learned of called.values()) note(learned, { episodes: 1, successes: Number(success) });
          called.clear();
        },
      };
    },
    usage: () => functions.map((each) => log.get(each.revision) ?? nothingOf(each)),
    checkpoint: () => ({ version: 1, functions, usage: [...log.values()], nextRevision }),
    rollBack(checkpoint): void {
      functions = checkpoint.functions;
      nextRevision = Math.max(nextRevision, checkpoint.nextRevision);
    },
  };
}

function nothingOf({ revision, name }: Pick<LearnedFunction, "revision" | "name">): FunctionUsage {
  return { revision, name, calls: 0, failures: 0, episodes: 0, successes: 0 };
}

function readDraft({ name, description, arguments: schema, packages, code }: FunctionDraft): Draft {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) {
    throw new TypeError(`'${name.slice(0, 80)}' is no name; write letters, digits and '_', at most 64`);
  }
  if (packages?.trim()) {
    throw new TypeError("'packages' cannot be used: there are none; write it with the language alone");
  }
  return { name, description, parameters: readParameters(schema), code };
}

function reasonOf(result: Exclude<SandboxResult, { kind: "value" }>): string {
  switch (result.kind) {
    case "thrown":
      return `${result.name}: ${result.message}`;
    case "timeout":
      return `it did not end within ${result.deadlineMs} ms`;
    case "memory":
      return "it needed too much memory";
    case "output":
      return `its result has more than ${result.limitBytes} bytes`;
    case "killed":
      return result.reason;
  }
}
