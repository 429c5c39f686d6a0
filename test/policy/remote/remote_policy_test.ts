import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { loadKernels } from "../../../src/kernels/mod.ts";
import {
  createRemoteChat,
  createRemotePolicy,
  createScriptedChat,
  type Decision,
  type DecisionRequest,
  isLearnable,
  type Policy,
  type PolicySnapshot,
  type RemoteCompletion,
  type RemoteDecision,
  type RemotePolicy,
  type RemotePolicyOptions,
  type RemoteQuestion,
  type RequestView,
  type Saying,
  type ScriptedChat,
  type ScriptedRole,
} from "../../../src/policy/mod.ts";
import { choosingQuestion } from "../../../src/policy/remote/policy/_choosing.ts";
import type { RemoteContext } from "../../../src/policy/remote/policy/_remote_context.ts";
import { RemoteCore } from "../../../src/policy/remote/policy/_remote_core.ts";
import { policyConformance, type Question } from "../conformance.ts";

const kernels = await loadKernels();
const DOORS = ["open the left door", "open the right door", "open", "wait"];
const user = (text: string): Question["turns"] => [{ role: "user", text }];

/** A model that thinks A the best, then B, then C: 0.6, 0.2, 0.2. */
const clerk: ScriptedRole = { rules: [{ say: "A", mistakes: ["B", "C"] }], noise: 0.4 };
const scripted = (role: ScriptedRole = clerk): ScriptedChat => createScriptedChat({ seed: 1, roles: { clerk: role } });
function remote(chat = scripted(), options: RemotePolicyOptions = {}, from?: PolicySnapshot): RemotePolicy {
  const client = createRemoteChat({ endpoint: "http://model.test/v1", model: "clerk", fetch: chat.fetch, attempts: 1 });
  return createRemotePolicy(kernels, client, options, from);
}

/** The same policy, answered at once: what the suite of all policies asks of it can then be asked. */
function atOnce(from?: PolicySnapshot): Policy {
  const core = new RemoteCore(kernels, "clerk", 16, from);
  const own = remote(scripted(), { biases: 16 });
  const chat = scripted();
  const ask = (request: DecisionRequest): RemoteCompletion => {
    const messages = (request.context as RemoteContext).messages([]);
    const question: RemoteQuestion = choosingQuestion(messages, request.candidates!, "logprobs", {
      temperature: 1,
      seed: 0,
    });
    return chat.chat({ model: "clerk", ...question, seed: 1 });
  };
  const act = (context: unknown, decision: Decision): Decision => {
    (context as RemoteContext).act(decision.text);
    return decision;
  };
  return {
    kind: "remote",
    parameterCount: 17,
    get version(): number {
      return core.version;
    },
    open: () => own.open(),
    decide: (requests, options = {}) =>
      requests.map((request) => act(request.context, core.draw(request, ask(request), options)!)),
    demonstrate: (request, action) => {
      const place = request.candidates!.indexOf(action);
      if (place < 0) throw new RangeError("none of the candidates");
      return act(request.context, core.shown(request.candidates!, ask(request), place)!);
    },
    recall: (request, { tokens, behaviorLogProbs, value, policyVersion }) => {
      const candidates = request.candidates!;
      if (tokens.length !== 1 || tokens[0] >= candidates.length) throw new RangeError("no choice among these");
      const seen = core.shown(candidates, ask(request), tokens[0])!;
      return { ...act(request.context, seen), behaviorLogProbs, value, policyVersion };
    },
    evaluate: (trajectories) => core.evaluate(trajectories),
    backward: (gradients) => core.backward(gradients),
    update: (options) => core.update(options),
    readGradients: (into) => into.set(core.biases.gradients),
    writeGradients: (gradients) => core.biases.gradients.set(gradients),
    snapshot: (options) => core.snapshot(options),
    [Symbol.dispose]: () => {},
  };
}

policyConformance("remote", () =>
  Promise.resolve({
    create: () => {
      const shape = [17];
      const values = Float32Array.from({ length: 17 }, (_, i) => Math.sin(1.3 * i));
      return atOnce({
        kind: "remote",
        version: 0,
        files: new Map(),
        tensors: new Map([["remote.biases", { shape, values }]]),
      });
    },
    restore: atOnce,
    episodes: [
      [
        { turns: [{ role: "system", text: "Find the lamp." }, ...user("Two doors.")], candidates: DOORS },
        { turns: [{ role: "tool", text: "The left door is open." }], candidates: DOORS },
        { turns: [], candidates: DOORS.slice(1) },
      ],
      [{ turns: user("One door, ünïcode 😀"), candidates: ["open the left door"] }],
      [{ turns: user("Say something."), candidates: DOORS }, { turns: user(""), candidates: ["go north", "…"] }],
    ],
  }));

describe("createRemotePolicy()", () => {
  const decide = async (policy: RemotePolicy, stream = 0, temperature = 1): Promise<RemoteDecision> => {
    const candidates = DOORS.slice(0, 3);
    using context = policy.open();
    context.append(user("Two doors."));
    return (await policy.decide([{ context, candidates, seed: 1, stream }], { temperature }))[0];
  };

  it("draws from what the model thinks of the candidates, and knows how likely that was", async () => {
    using policy = remote();
    const drawn = await Promise.all(Array.from({ length: 400 }, (_, stream) => decide(policy, stream)));
    const expected: Record<string, number> = { [DOORS[0]]: 0.6, [DOORS[1]]: 0.2, [DOORS[2]]: 0.2 };
    for (const { text, behaviorLogProbs } of drawn) {
      ok(Math.abs(behaviorLogProbs![0] - Math.log(expected[text])) < 1e-6);
    }
    const share = drawn.filter(({ text }) => text === DOORS[0]).length / 400;
    ok(Math.abs(share - 0.6) < 4 * Math.sqrt(0.24 / 400), `${share}`);
    // At temperature 0.5 the squares: 0.36, 0.04, 0.04
    const cold = await decide(policy, 1, 0.5);
    const squares: Record<string, number> = {
      [DOORS[0]]: 0.36 / 0.44,
      [DOORS[1]]: 0.04 / 0.44,
      [DOORS[2]]: 0.04 / 0.44,
    };
    ok(Math.abs(cold.behaviorLogProbs![0] - Math.log(squares[cold.text])) < 1e-6);
  });

  it("learns a bias around the frozen model: what is rewarded becomes likely", async () => {
    using policy = remote(scripted(), { biases: 64 });
    const wanted = DOORS[2];
    for (let round = 0; round < 60; round++) {
      const decisions = (await Promise.all([0, 1, 2, 3].map((k) => decide(policy, round * 4 + k)))).filter(isLearnable);
      equal(decisions.length, 4);
      policy.evaluate([{ decisions }]);
      policy.backward({
        dLogProbs: Float32Array.from(decisions, ({ text }) => text === wanted ? -1 : 0.25),
        dEntropies: new Float32Array(4),
        dValues: new Float32Array(4),
      });
      policy.update({ learningRate: 0.3 });
    }
    equal((await decide(policy, 0, 0)).text, wanted);
    // What was learned goes along with the snapshot.
    using restored = remote(scripted(), {}, policy.snapshot());
    deepEqual([restored.version, (await decide(restored, 0, 0)).text], [60, wanted]);
  });

  /** A model that does not tell log-probabilities, and answers as it is asked to. */
  const untelling = (say: (view: RequestView) => Saying): ScriptedChat => {
    const chat = scripted({ rules: [{ say }] });
    return {
      ...chat,
      fetch: async (request: Request): Promise<Response> => {
        const body = JSON.parse(await request.text());
        const bare = { ...body, logprobs: undefined };
        return await chat.fetch(new Request(request.url, { method: "POST", body: JSON.stringify(bare) }));
      },
    };
  };
  const answering = ({ request }: RequestView): Saying =>
    request.tools
      ? { calls: [{ name: "choose", arguments: { choice: "B" } }] }
      : request.response_format
      ? '{"choice": "B"}'
      : "Surely B";

  it("lets the model choose where it tells no log-probabilities, and then says nothing of how likely that was", async () => {
    for (const choosing of ["auto", "answer", "tool"] as const) {
      const chat = untelling(answering);
      using policy = remote(chat, { choosing });
      const [first, second] = [await decide(policy), await decide(policy)];
      deepEqual([first.text, second.text], [DOORS[1], DOORS[1]]);
      deepEqual([first.behaviorLogProbs, isLearnable(first), [...first.chosen]], [undefined, false, [0]]);
      // `auto` asks in vain once, not each time.
      equal(chat.usage().calls, choosing === "auto" ? 3 : 2);
    }
    using strict = remote(untelling(answering), { choosing: "logprobs" });
    await rejects(decide(strict), /does not tell those of the candidates' letters/);
  });

  it("reads choices however they are written, and refuses answers that are none", async () => {
    for (const said of ['{"choice":"C"}', '"C"', '{"choice":"C: open"}', '{"choice":"open"}']) {
      using policy = remote(untelling(() => said), { choosing: "answer" });
      equal((await decide(policy)).text, "open", said);
    }
    using lost = remote(untelling(() => '{"choice":"none of them"}'), { choosing: "answer" });
    await rejects(decide(lost), /names none of the 3 candidates/);
  });

  it("shows the preface before the conversation, and what it did before", async () => {
    const seen: string[] = [];
    const policy = remote(
      scripted({
        rules: [{
          say: ({ text }) => {
            seen.push(text);
            return "Good day.";
          },
        }],
      }),
      { preface: [{ role: "system", text: "Be polite." }] },
    );
    using context = policy.open();
    context.append(user("Hello"));
    const [spoken] = await policy.decide([{ context, seed: 1, stream: 0 }]);
    deepEqual([spoken.text, spoken.behaviorLogProbs, spoken.tokens.length], ["Good day.", undefined, 0]);
    context.append(user("And?"));
    const pieces: string[] = [];
    await policy.write({ context, seed: 1 }, { onText: (piece) => pieces.push(piece) });
    deepEqual(pieces, ["Good", " day", "."]);
    equal(seen[1], "system: Be polite.\nuser: Hello\nassistant: Good day.\nuser: And?");
  });

  it("refuses a constraint, and truncation that no endpoint knows", async () => {
    using policy = remote();
    using context = policy.open();
    const constraint = {} as NonNullable<Parameters<Policy["decide"]>[0][number]["constraint"]>;
    await rejects(policy.decide([{ context, constraint, seed: 1, stream: 0 }]), /cannot be held to a constraint/);
    await rejects(policy.decide([{ context, seed: 1, stream: 0 }], { topK: 3 }), /know neither topK nor minP/);
  });
});
