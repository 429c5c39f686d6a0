import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { type Constraint, trainTokenizer } from "../../src/language/mod.ts";
import {
  createTransformerPolicy,
  type Decision,
  initializeTransformer,
  loadPackedPolicy,
  loadPackedTransformer,
  openAdapter,
  type Policy,
  saveCheckpoint,
  SPECIAL_TOKENS,
} from "../../src/policy/mod.ts";

const kernels = await loadKernels();
let folder = "";

/** A checkpoint with random weights that are large enough to prefer some tokens. */
function saveRandom(): void {
  const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
    vocabularySize: 280,
    specialTokens: SPECIAL_TOKENS,
  });
  const { model, config } = initializeTransformer(kernels, { vocabularySize: tokenizer.vocabularySize }, 3);
  model.writeParameters(model.readParameters().map((x) => x === 1 ? x : x * 12));
  using policy = createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true, maximumActionTokens: 40 });
  saveCheckpoint(folder, policy.snapshot());
}

/** A policy of the saved weights, and the number of times that it read something. */
function open(mostGuesses: number): { readonly policy: Policy; readonly reads: () => number } {
  const { model, config, files } = loadPackedTransformer(kernels, folder, { cacheFormat: "q8" });
  let reads = 0;
  const feed = model.feed.bind(model);
  model.feed = (...rest): void => {
    reads++;
    feed(...rest);
  };
  const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
    vocabularySize: 280,
    specialTokens: SPECIAL_TOKENS,
  });
  equal(files.get("tokenizer.json"), tokenizer.toJson());
  const policy = createTransformerPolicy({
    ...{ model, config, tokenizer, ownsTokenizer: true },
    ...{ maximumActionTokens: 60, mostGuesses },
  });
  return { policy, reads: () => reads };
}

const TEXTS = ["stay here, stay here, stay here", "go left go left go left go", "which way?"];
const CANDIDATES = ["go left", "go right", "stay here, stay here, stay here, stay"];

/** Any text of the tokens 65 and 66. */
const TWO_LETTERS: Constraint = {
  vocabularySize: 128,
  masks: Uint32Array.of(0, 0, 0b110, 0),
  allowedCounts: Uint32Array.of(2),
  next: () => 0,
  forced: () => -1,
};

/** Three conversations of several turns, in one batch. */
function converse(policy: Policy, temperature: number): Decision[] {
  const contexts = TEXTS.map(() => policy.open());
  const decisions: Decision[] = [];
  for (let turn = 0; turn < 3; turn++) {
    contexts.forEach((context, i) => context.append([{ role: "user", text: TEXTS[(i + turn) % 3] }]));
    const requests = contexts.map((context, i) => ({
      ...{ context, seed: 7, stream: 10 * turn + i },
      ...(i === 1 ? { candidates: CANDIDATES } : {}),
    }));
    decisions.push(...policy.decide(requests, { temperature }));
  }
  for (const context of contexts) context[Symbol.dispose]();
  return decisions;
}

describe("a packed policy", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-packed-"));
    saveRandom();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("decides alike with and without guesses, and reads less often with them", () => {
    const [plain, guessing] = [open(0), open(8)];
    using one = plain.policy;
    using other = guessing.policy;
    for (const temperature of [1, 0]) deepEqual(converse(other, temperature), converse(one, temperature));
    // Of texts with two letters alone, every second guess is right.
    const [before, guessed] = [plain.reads(), guessing.reads()];
    const write = (policy: Policy): Decision => {
      using context = policy.open();
      context.append([{ role: "user", text: "which way?" }]);
      return policy.decide([{ context, constraint: TWO_LETTERS, seed: 1, stream: 1 }])[0];
    };
    const long = write(one);
    deepEqual(write(other), long);
    equal(plain.reads() - before, long.tokens.length - 1);
    ok(guessing.reads() - guessed < 0.9 * long.tokens.length, `${guessing.reads() - guessed} reads`);
  });

  it("decides alike where a conversation begins as one that was closed, and when it is evaluated", () => {
    const { policy } = open(8);
    using own = policy;
    const first = converse(own, 1);
    deepEqual(converse(own, 1), first);
    // Steps of one conversation, in order.
    const decisions = [first[0], first[3], first[6]];
    const { logProbs } = own.evaluate([{ decisions }]);
    deepEqual([...logProbs], decisions.flatMap(({ behaviorLogProbs }) => [...behaviorLogProbs]));
  });

  it("does not learn and is not saved", () => {
    using policy = loadPackedPolicy(kernels, folder);
    const [decision] = converse(policy, 1);
    const refusal = { code: "configuration_invalid", message: /packed and do not learn; open an adapter/ };
    throws(() => policy.update({ learningRate: 1 }), refusal);
    throws(() => policy.snapshot(), refusal);
    const { logProbs, values } = policy.evaluate([{ decisions: [decision] }]);
    const zeros = new Float32Array(logProbs.length);
    throws(
      () => policy.backward({ dLogProbs: zeros, dEntropies: zeros, dValues: new Float32Array(values.length) }),
      refusal,
    );
  });

  it("acts and evaluates through an adapter with equal bits", () => {
    const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
      vocabularySize: 280,
      specialTokens: SPECIAL_TOKENS,
    });
    const { model, config } = initializeTransformer(kernels, { vocabularySize: tokenizer.vocabularySize }, 3);
    const adapter = openAdapter(model, config, { rank: 2, alpha: 4, targetModules: "all-linear" });
    model.writeAdapter(adapter.id, model.readAdapter(adapter.id).map((x, i) => x + 0.1 * Math.sin(i)));
    using trained = createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true, adapter });
    const place = saveCheckpoint(join(folder, "adapter"), trained.snapshot());
    using bare = loadPackedPolicy(kernels, folder);
    using policy = loadPackedPolicy(kernels, folder, { adapter: place });
    const decisions = converse(policy, 1);
    notDeepEqual(decisions.map(({ text }) => text), converse(bare, 1).map(({ text }) => text));
    const trajectories = [0, 1, 2].map((which) => ({ decisions: decisions.filter((_, at) => at % 3 === which) }));
    const { logProbs } = policy.evaluate(trajectories);
    const acted = trajectories.flatMap((each) => each.decisions.flatMap((one) => [...one.behaviorLogProbs]));
    deepEqual([...logProbs], acted);
    throws(() => loadPackedPolicy(kernels, folder, { adapter: folder }), /it is no adapter/);
  });

  /** Learns to go right. @returns [updates] how likely that was before each. Nats. */
  function learn(policy: Policy, updates: number): number[] {
    return Array.from({ length: updates }, (_, seed) => {
      using context = policy.open();
      context.append([{ role: "user", text: "a question that is long enough to be remembered: where to?" }]);
      const decision = policy.demonstrate({ context, candidates: CANDIDATES, seed, stream: 0 }, CANDIDATES[1]);
      const { logProbs, entropies, values } = policy.evaluate([{ decisions: [decision] }]);
      const dLogProbs = new Float32Array(logProbs.length).fill(-1);
      policy.backward({ dLogProbs, dEntropies: entropies.fill(0), dValues: values.map((value) => value - 1) });
      const { applied, gradientNorm } = policy.update({ learningRate: 0.02 });
      ok(applied && gradientNorm > 0);
      return logProbs.reduce((sum, x) => sum + x, 0);
    });
  }

  it("learns an adapter beside weights of four bits, with equal bits when acting and learning, and goes on from its files", () => {
    const lora = { rank: 4, alpha: 8, targetModules: "all-linear" } as const;
    const formats = { format: "e4", headFormat: "q8" } as const;
    using bare = loadPackedPolicy(kernels, folder, formats);
    const before = converse(bare, 1);
    using policy = loadPackedPolicy(kernels, folder, { ...formats, lora, seed: 3 });
    deepEqual(converse(policy, 1), before);
    const likely = learn(policy, 24);
    ok(likely[0] < -2 && likely[23] > -0.1, `${likely}`);
    const decisions = converse(policy, 1);
    notDeepEqual(decisions, before);
    const trajectories = [0, 1, 2].map((which) => ({ decisions: decisions.filter((_, at) => at % 3 === which) }));
    const { logProbs } = policy.evaluate(trajectories);
    const acted = trajectories.flatMap((each) => each.decisions.flatMap((one) => [...one.behaviorLogProbs]));
    deepEqual([...logProbs], acted);
    const place = saveCheckpoint(join(folder, "learned"), policy.snapshot({ resume: true }));
    using again = loadPackedPolicy(kernels, folder, { ...formats, adapter: place });
    equal(again.version, 24);
    const [one, other] = [policy, again].map((each) => [learn(each, 2), converse(each, 1)]);
    deepEqual(one, other);
  });
});
