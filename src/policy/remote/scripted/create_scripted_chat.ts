import { EddyError } from "../../../errors.ts";
import { nearest } from "../../../nearest.ts";
import type { RemoteCompletion, RemoteRequest } from "../wire.ts";
import { beliefsOf } from "./_beliefs.ts";
import { completionOf } from "./_completion.ts";
import { drawOf } from "./_draw.ts";
import { type Fault, faultOf, withMalformedJson } from "./_faults.ts";
import { answerOverHttp } from "./_over_http.ts";
import type { ScriptedFaults, ScriptedRole } from "./scripted_role.ts";

/** What a stand-in is made of. */
export interface ScriptedChatOptions {
  /** Decides what it knows, what it says and what goes wrong: equal seed and requests, equal answers. */
  readonly seed: number;
  /** Its models by name: a request's `model` says which is asked. */
  readonly roles: Readonly<Record<string, ScriptedRole>>;
  /** What goes wrong. Default nothing. */
  readonly faults?: ScriptedFaults;
  /** What callers over HTTP must send as `Authorization: Bearer …`. Default nothing. */
  readonly key?: string;
  /** Seconds since 1970 that answers carry. Default 0. */
  readonly created?: number;
}

/** What a stand-in was asked, and what that would have cost. */
export interface ScriptedUsage {
  /** Requests, failed ones included. */
  readonly calls: number;
  /** Requests that got no whole answer: HTTP errors, broken bodies, silence. */
  readonly failed: number;
  /** Tokens read, of answered requests. */
  readonly promptTokens: number;
  /** Tokens written. */
  readonly completionTokens: number;
}

/** A stand-in for a remote language model. */
export interface ScriptedChat {
  /**
   * Answers in process.
   *
   * @throws {EddyError} `remote_refused` If the request is wrong or an error of status 4xx was drawn; `overloaded` for 429
   * and 503; `remote_unavailable` for other errors and broken bodies; `timed_out` where no answer would come.
   */
  chat(request: RemoteRequest): RemoteCompletion;
  /** Answers as an OpenAI-compatible endpoint: `POST …/chat/completions`, `GET …/models`. */
  fetch(request: Request): Promise<Response>;
  /** What was asked of a role, or of all together. */
  usage(role?: string): ScriptedUsage;
}

/** What becomes of a call. */
export type ScriptedOutcome =
  | { readonly kind: "answered"; readonly completion: RemoteCompletion; readonly broken: boolean }
  | { readonly kind: "refused"; readonly status: number; readonly code: string; readonly message: string }
  | Extract<Fault, { kind: "http" }>
  | { readonly kind: "stalled" };

/**
 * A stand-in for a remote language model: a table of rules for each role, dials for how well it uses them, and faults. It
 * is a real distribution over whole answers, so its `logprobs` are exact, and all it does follows from its seed.
 *
 * A request with a `seed` gets the same answer each time; without one, the second time is another draw. Faults are drawn
 * anew each time, so trying again can help.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createScriptedChat } from "@eddy/eddy";
 * const scripted = createScriptedChat({
 *   seed: 1,
 *   roles: { clerk: { rules: [{ when: /(\d+) plus (\d+)/, say: ({ match }) => `${Number(match![1]) + Number(match![2])}` }] } },
 * });
 * const { choices } = scripted.chat({ model: "clerk", messages: [{ role: "user", content: "What is 2 plus 3?" }] });
 * assert.equal(choices[0].message.content, "5");
 * assert.deepEqual(scripted.usage("clerk"), { calls: 1, failed: 0, promptTokens: 10, completionTokens: 1 });
 * ```
 */
export function createScriptedChat(options: ScriptedChatOptions): ScriptedChat {
  const { seed, roles, faults = {}, created = 0 } = options;
  checkDials(roles, faults);
  const usage = new Map(Object.keys(roles).map((role) => [role, { ...NOTHING }]));
  const seen = new Map<number, number>();

  const outcomeOf = (request: RemoteRequest): ScriptedOutcome => {
    const { model } = request;
    if (!Object.hasOwn(roles, model)) {
      const guess = nearest(model, Object.keys(roles));
      const message = `The model '${model}' does not exist${guess === undefined ? "" : `; did you mean '${guess}'?`}`;
      return { kind: "refused", status: 404, code: "model_not_found", message };
    }
    const written = JSON.stringify(request);
    const hash = drawOf(written);
    const time = seen.get(hash) ?? 0;
    seen.set(hash, time + 1);
    const fault = faultOf(faults, seed, `${time} ${written}`);
    if (fault?.kind === "http" || fault?.kind === "stalled") return fault as ScriptedOutcome;
    const beliefs = beliefsOf(roles[model], model, request, seed);
    if (!beliefs) {
      const message = `No rule of '${model}' gives what 'tool_choice' or 'response_format' demand`;
      return { kind: "refused", status: 400, code: "invalid_request", message };
    }
    const call = request.seed === undefined ? `${time} ${written}` : written;
    const id = `scripted-${Math.floor(drawOf(seed, "id", call) * 2 ** 32).toString(16).padStart(8, "0")}`;
    const completion = completionOf(beliefs, request, {
      call,
      id,
      created,
      seed,
      truncated: fault?.kind === "truncated",
    });
    return {
      kind: "answered",
      completion: fault?.kind === "malformedJson" ? withMalformedJson(completion) : completion,
      broken: fault?.kind === "brokenBody",
    };
  };

  const answer = (request: RemoteRequest): ScriptedOutcome => {
    const outcome = outcomeOf(request);
    const sum = usage.get(request.model);
    if (!sum) return outcome;
    sum.calls += 1;
    if (outcome.kind === "answered" && !outcome.broken) {
      sum.promptTokens += outcome.completion.usage?.prompt_tokens ?? 0;
      sum.completionTokens += outcome.completion.usage?.completion_tokens ?? 0;
    } else {
      sum.failed += 1;
    }
    return outcome;
  };

  return {
    chat: (request) => completionOrError(answer(request)),
    fetch: (request) => answerOverHttp(request, { answer, models: Object.keys(roles), key: options.key, created }),
    usage: (role) => {
      const sums = role === undefined ? [...usage.values()] : [usage.get(role) ?? NOTHING];
      return sums.reduce((all, one) => ({
        calls: all.calls + one.calls,
        failed: all.failed + one.failed,
        promptTokens: all.promptTokens + one.promptTokens,
        completionTokens: all.completionTokens + one.completionTokens,
      }), NOTHING);
    },
  };
}

const NOTHING = { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0 };

function completionOrError(outcome: ScriptedOutcome): RemoteCompletion {
  switch (outcome.kind) {
    case "answered":
      if (!outcome.broken) return outcome.completion;
      throw new EddyError("remote_unavailable", "Cannot ask the model: its answer ends in the middle");
    case "refused":
      throw new EddyError("remote_refused", `Cannot ask the model: ${outcome.message}`);
    case "stalled":
      throw new EddyError("timed_out", "Cannot ask the model: it does not answer");
    case "http": {
      const { status } = outcome;
      const code = status === 429 || status === 503
        ? "overloaded"
        : status < 500
        ? "remote_refused"
        : "remote_unavailable";
      throw new EddyError(code, `Cannot ask the model: it answered with status ${status}`);
    }
  }
}

function checkDials(roles: ScriptedChatOptions["roles"], faults: ScriptedFaults): void {
  const { http = [], ...others } = faults;
  const shares = [...http.map(({ share }) => share), ...Object.values(others)];
  const dials = [
    ...Object.entries(roles).flatMap(([name, { competence = 1, noise = 0, rules }]) => [
      [`competence of '${name}'`, competence] as const,
      [`noise of '${name}'`, noise] as const,
      ...rules.map((rule) => [`competence of a rule of '${name}'`, rule.competence ?? 1] as const),
    ]),
    ...shares.map((share) => ["share of a fault", share] as const),
    ["sum of the faults' shares", shares.reduce((sum, share) => sum + share, 0)] as const,
  ];
  for (const [what, value] of dials) {
    if (typeof value === "number" && !(value >= 0 && value <= 1)) {
      throw new RangeError(`Cannot script a chat: the ${what} is ${value}, outside 0 to 1`);
    }
  }
}
