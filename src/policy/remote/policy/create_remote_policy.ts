import { EddyError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import type { Context, Decision, DecisionRequest, PolicySnapshot, SamplingOptions } from "../../policy.ts";
import type { RemoteChat, RemoteQuestion } from "../client/remote_chat.ts";
import { choosingQuestion, MOST_LOG_PROBS, readChoice } from "./_choosing.ts";
import { RemoteContext } from "./_remote_context.ts";
import { RemoteCore } from "./_remote_core.ts";
import type { RemoteDecision, RemotePolicy, RemotePolicyOptions } from "./remote_policy.ts";

/** Numbers of the table of biases unless told. */
const BIASES = 4096;

/**
 * A language model at an endpoint as a policy. Decisions among candidates are drawn here from the model's own
 * log-probabilities where it tells them, so that how likely each was is known exactly; else the model chooses, and that is
 * left out.
 *
 * @param from Biases to start with.
 * @throws {EddyError} `checkpoint_invalid` If `from` is not a remote policy's, or of another size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRemoteChat, createRemotePolicy, createScriptedChat, loadKernels } from "@eddy/eddy";
 * const scripted = createScriptedChat({ seed: 1, roles: { clerk: { rules: [{ say: "B", mistakes: ["A"] }], noise: 0.25 } } });
 * const chat = createRemoteChat({ endpoint: "http://127.0.0.1:1/v1", model: "clerk", fetch: scripted.fetch });
 * using policy = createRemotePolicy(await loadKernels(), chat);
 * using context = policy.open();
 * context.append([{ role: "user", text: "It is dark." }]);
 * const [decision] = await policy.decide([{ context, candidates: ["wait", "turn the light on"], seed: 1, stream: 0 }]);
 * const expected = Math.log(decision.text === "wait" ? 0.25 : 0.75);
 * assert.ok(Math.abs(decision.behaviorLogProbs![0] - expected) < 1e-6);
 * ```
 */
export function createRemotePolicy(
  kernels: Kernels,
  chat: RemoteChat,
  options: RemotePolicyOptions = {},
  from?: PolicySnapshot,
): RemotePolicy {
  const { choosing = "auto", preface = [], maximumTokens } = options;
  const size = options.biases ?? (from ? (from.tensors.get("remote.biases")?.values.length ?? 1) - 1 : BIASES);
  const core = new RemoteCore(kernels, chat.model, size, from);
  /** Whether the endpoint was seen to give no log-probabilities. */
  let silent = false;

  async function choose(request: DecisionRequest, sampling: SamplingOptions): Promise<RemoteDecision> {
    const candidates = request.candidates!;
    const messages = (request.context as RemoteContext).messages(preface);
    const { temperature = 1 } = sampling;
    const ask = (mode: "logprobs" | "answer" | "tool") =>
      chat.ask(choosingQuestion(messages, candidates, mode, { temperature, seed: request.seed }));
    const few = candidates.length <= MOST_LOG_PROBS;
    if (choosing === "logprobs" || choosing === "auto" && few && !silent) {
      const answer = await ask("logprobs").catch((error) => {
        // Some endpoints refuse the parameter instead of ignoring it.
        if (choosing === "auto" && error instanceof EddyError && error.code === "remote_refused") return undefined;
        throw error;
      });
      const drawn = answer && core.draw(request, answer, sampling);
      if (drawn) return drawn;
      if (choosing === "logprobs") throw untold(candidates.length);
      silent = !answer?.choices[0].logprobs?.content;
    }
    const answer = await ask(choosing === "tool" ? "tool" : "answer");
    // Nothing can be learned from a choice whose probability nobody knows.
    return core.decision(candidates, readChoice(answer, candidates), { chosen: Uint8Array.of(0) });
  }

  function question(request: Pick<DecisionRequest, "context" | "seed">, sampling: SamplingOptions): RemoteQuestion {
    const { temperature, topP } = sampling;
    if (sampling.topK || sampling.minP) throw new RangeError("Cannot write: endpoints know neither topK nor minP");
    return {
      messages: (request.context as RemoteContext).messages(preface),
      seed: request.seed,
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { top_p: topP }),
      ...(maximumTokens !== undefined && { max_tokens: maximumTokens }),
    };
  }

  const written = (text: string): RemoteDecision => ({
    ...core.decision([text], 0, {}),
    tokens: new Uint32Array(0),
    chosen: new Uint8Array(0),
  });

  return {
    kind: "remote",
    get version(): number {
      return core.version;
    },
    parameterCount: size + 1,
    open: (): Context => new RemoteContext(),
    decide: async (requests, sampling = {}) => {
      for (const request of requests) check(request);
      const decisions = await Promise.all(requests.map(async (request) => {
        if (request.candidates) return await choose(request, sampling);
        const { choices } = await chat.ask(question(request, sampling));
        return written(choices[0].message.content ?? "");
      }));
      for (const [index, { text }] of decisions.entries()) (requests[index].context as RemoteContext).act(text);
      return decisions;
    },
    demonstrate: async (request, action): Promise<Decision> => {
      check(request);
      const { candidates = [], context } = request;
      const place = candidates.indexOf(action);
      if (place < 0) throw new RangeError(`Cannot demonstrate: '${action}' is not among the candidates`);
      const messages = (context as RemoteContext).messages(preface);
      const answer = await chat.ask(choosingQuestion(messages, candidates, "logprobs", { temperature: 1, seed: 0 }));
      const shown = core.shown(candidates, answer, place);
      if (!shown) throw untold(candidates.length);
      (context as RemoteContext).act(action);
      return shown;
    },
    write: async (request, { onText, signal, ...sampling } = {}) => {
      check(request);
      let text = "";
      for await (const { choices } of chat.stream(question(request, sampling), { signal })) {
        const piece = choices[0]?.delta.content ?? "";
        text += piece;
        if (piece) onText?.(piece);
      }
      (request.context as RemoteContext).act(text);
      return written(text);
    },
    evaluate: (trajectories) => core.evaluate(trajectories),
    backward: (gradients) => core.backward(gradients),
    update: (options) => core.update(options),
    readGradients: (into) => {
      core.biases.check("into", into);
      into.set(core.biases.gradients);
    },
    writeGradients: (from) => {
      core.biases.check("from", from);
      core.biases.gradients.set(from);
    },
    snapshot: (options) => core.snapshot(options),
    [Symbol.dispose]: () => {},
  };
}

function check({ context, candidates, constraint }: Partial<DecisionRequest>): void {
  if (!(context instanceof RemoteContext)) throw new TypeError("Cannot decide: the context is another policy's");
  if (constraint) throw new RangeError("Cannot decide: a remote model cannot be held to a constraint; list candidates");
  if (candidates?.length === 0) throw new EddyError("environment_invalid", "Cannot decide: there are no candidates");
}

function untold(candidates: number): EddyError {
  return new EddyError(
    "remote_refused",
    `Cannot choose among ${candidates} by log-probabilities: the endpoint does not tell those of the candidates' letters; ` +
      "use 'choosing: \"answer\"'",
  );
}
