import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Turn } from "../../src/episode/mod.ts";
import {
  type Context,
  type Decision,
  type DecisionRequest,
  type EvaluationGradients,
  loadCheckpoint,
  type Policy,
  type PolicySnapshot,
  saveCheckpoint,
  type Trajectory,
} from "../../src/policy/mod.ts";

/** What a policy is shown and asked at one step. */
export type Question =
  & { readonly turns: readonly Turn[] }
  & Pick<DecisionRequest, "candidates" | "constraint">;

/** A policy kind under test. */
export interface PolicySubject {
  /** A policy whose weights are not all equal, always the same. */
  create(): Policy;
  /** The policy that a snapshot was taken of. */
  restore(snapshot: PolicySnapshot): Policy;
  /** Episodes of different lengths, each a list of questions; together at least two episodes and five questions. */
  readonly episodes: readonly (readonly Question[])[];
  /** Releases what `create` and `restore` share. */
  dispose?(): void;
}

/** Parameters are compared one by one where their number allows, else the largest gradients. */
const PROBED_PARAMETERS = 12;
const SEED = 11;

/** Plays all episodes side by side; step k of all that are still running is one batch, in the order of `order`. */
function play(policy: Policy, { episodes }: PolicySubject, order: readonly number[], temperature = 1): Trajectory[] {
  const contexts = new Map<number, Context>(order.map((episode) => [episode, policy.open()]));
  const decisions = episodes.map((): Decision[] => []);
  const longest = Math.max(...episodes.map((questions) => questions.length));
  for (let step = 0; step < longest; step++) {
    const running = order.filter((episode) => step < episodes[episode].length);
    const requests = running.map((episode): DecisionRequest => {
      const { turns, candidates, constraint } = episodes[episode][step];
      contexts.get(episode)!.append(turns);
      return { context: contexts.get(episode)!, candidates, constraint, seed: SEED, stream: 100 + episode };
    });
    for (const [index, decision] of policy.decide(requests, { temperature }).entries()) {
      decisions[running[index]].push(decision);
    }
  }
  for (const context of contexts.values()) context[Symbol.dispose]();
  return order.map((episode) => ({ decisions: decisions[episode] }));
}

function playAll(policy: Policy, subject: PolicySubject, temperature = 1): Trajectory[] {
  return play(policy, subject, [...subject.episodes.keys()], temperature);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Columns of the decisions as `evaluate` orders them. */
function columns(
  trajectories: readonly Trajectory[],
): { behaviorLogProbs: Float32Array; chosen: number[]; values: Float32Array } {
  const decisions = trajectories.flatMap((trajectory) => trajectory.decisions);
  return {
    behaviorLogProbs: concatenate(decisions.map((decision) => decision.behaviorLogProbs)),
    chosen: decisions.flatMap((decision) => [...decision.chosen]),
    values: Float32Array.from(decisions, (decision) => decision.value),
  };
}

/** Bits, so that -0 and 0 differ and a difference shows in full. */
function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

/** Weights of a loss that has no symmetry: sum of coefficient times column. */
function coefficients(length: number, offset: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(1 + offset + 1.7 * i));
}

function lossGradients(trajectories: readonly Trajectory[]): EvaluationGradients {
  const { behaviorLogProbs, values } = columns(trajectories);
  return {
    dLogProbs: coefficients(behaviorLogProbs.length, 0),
    dEntropies: coefficients(behaviorLogProbs.length, 5),
    dValues: coefficients(values.length, 9),
  };
}

function lossOf(policy: Policy, trajectories: readonly Trajectory[]): number {
  const { logProbs, entropies, values } = policy.evaluate(trajectories);
  const { dLogProbs, dEntropies, dValues } = lossGradients(trajectories);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
  return dot(logProbs, dLogProbs) + dot(entropies, dEntropies) + dot(values, dValues);
}

function learn(policy: Policy, trajectories: readonly Trajectory[], learningRate = 0.01): void {
  policy.evaluate(trajectories);
  policy.backward(lossGradients(trajectories));
  ok(policy.update({ learningRate, maxGradientNorm: 1, weightDecay: 0.01 }).applied);
}

/** The snapshot with its parameters moved; parameters are the first `parameterCount` numbers of its tensors. */
function moved(snapshot: PolicySnapshot, parameterCount: number, by: (parameter: number) => number): PolicySnapshot {
  let at = 0;
  const tensors = new Map([...snapshot.tensors].map(([name, { shape, values }]) => {
    const start = at;
    at += values.length;
    return [name, { shape, values: values.map((x, i) => start + i < parameterCount ? x + by(start + i) : x) }] as const;
  }));
  return { ...snapshot, tensors };
}

function weightsOf(policy: Policy): Map<string, Float32Array> {
  return new Map([...policy.snapshot({ resume: true }).tensors].map(([name, { values }]) => [name, values]));
}

/** What every policy promises; call it once for each kind. */
export function policyConformance(name: string, makeSubject: () => Promise<PolicySubject>): void {
  describe(`Policy '${name}'`, () => {
    let subject: PolicySubject;
    let policy: Policy;
    let folder = "";
    const using_ = <Result>(opened: Policy, use: (policy: Policy) => Result): Result => {
      try {
        return use(opened);
      } finally {
        opened[Symbol.dispose]();
      }
    };
    beforeAll(async () => {
      subject = await makeSubject();
      policy = subject.create();
      folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
    });
    afterAll(() => {
      policy[Symbol.dispose]();
      subject.dispose?.();
      rmSync(folder, { recursive: true });
    });

    it("decide() gives decisions whose columns fit together", () => {
      const decisions = playAll(policy, subject).flatMap((trajectory) => trajectory.decisions);
      for (const decision of decisions) {
        const { tokens, behaviorLogProbs, rawLogProbs, chosen } = decision;
        deepEqual([behaviorLogProbs.length, rawLogProbs.length, chosen.length], Array(3).fill(tokens.length));
        ok(tokens.length > 0 && behaviorLogProbs.every((logProb) => logProb <= 0 && Number.isFinite(logProb)));
        ok(chosen.every((flag, i) => flag === 1 || behaviorLogProbs[i] === 0));
        equal(decision.policyVersion, policy.version);
        deepEqual(structuredClone(decision), decision);
      }
      const questions = subject.episodes.flat();
      for (const [index, { candidates }] of questions.entries()) {
        ok(candidates === undefined || candidates.includes(decisions[index].text), decisions[index].text);
      }
    });

    it("decide() depends on context, seed and stream, not on the batch or its order", () => {
      const all = playAll(policy, subject);
      const order = [...subject.episodes.keys()].reverse();
      deepEqual(play(policy, subject, order), all.toReversed());
      for (const episode of order) deepEqual(play(policy, subject, [episode]), [all[episode]]);
    });

    it("decide() draws different actions from different streams", () => {
      const question = subject.episodes.flat().find(({ candidates }) =>
        candidates === undefined || candidates.length > 1
      )!;
      const texts = new Set(Array.from({ length: 40 }, (_, stream) => {
        using context = policy.open();
        context.append(question.turns);
        return policy.decide([{ ...question, context, seed: SEED, stream }])[0].text;
      }));
      ok(texts.size > 1);
    });

    it("decide() takes the most likely action at temperature 0, whatever the stream", () => {
      const [question] = subject.episodes[0];
      const decisions = [1, 2, 3].map((stream) => {
        using context = policy.open();
        context.append(question.turns);
        return policy.decide([{ ...question, context, seed: stream, stream }], { temperature: 0 })[0];
      });
      for (const decision of decisions) {
        equal(decision.text, decisions[0].text);
        ok(decision.behaviorLogProbs.every((logProb) => logProb === 0));
      }
    });

    it("decide() and evaluate() accept nothing", () => {
      deepEqual(policy.decide([]), []);
      const { logProbs, entropies, values } = policy.evaluate([]);
      deepEqual([logProbs.length, entropies.length, values.length], [0, 0, 0]);
      const none = new Float32Array();
      policy.backward({ dLogProbs: none, dEntropies: none, dValues: none });
    });

    it("decide() refuses contexts that are disposed; disposing twice does nothing", () => {
      const context = policy.open();
      context[Symbol.dispose]();
      context[Symbol.dispose]();
      const [question] = subject.episodes[0];
      throws(() => policy.decide([{ ...question, context, seed: 1, stream: 1 }]));
    });

    it("evaluate() gives the recorded log-probabilities and values bit for bit", () => {
      for (const temperature of [1, 0.7]) {
        const trajectories = playAll(policy, subject, temperature);
        const { behaviorLogProbs, values } = columns(trajectories);
        const evaluation = policy.evaluate(trajectories);
        deepEqual(bits(evaluation.logProbs), bits(behaviorLogProbs));
        deepEqual(bits(evaluation.values), bits(values));
      }
    });

    it("evaluate() gives them after the decisions crossed to another thread and the weights went through a file", () => {
      const trajectories = playAll(policy, subject);
      const { behaviorLogProbs, values } = columns(trajectories);
      saveCheckpoint(join(folder, "replay"), policy.snapshot());
      using_(subject.restore(loadCheckpoint(join(folder, "replay"))), (loaded) => {
        const evaluation = loaded.evaluate(structuredClone(trajectories));
        deepEqual(bits(evaluation.logProbs), bits(behaviorLogProbs));
        deepEqual(bits(evaluation.values), bits(values));
        deepEqual(playAll(loaded, subject), trajectories);
      });
    });

    it("evaluate() gives entropies between 0 and the logarithm of the choices", () => {
      const trajectories = playAll(policy, subject);
      const { chosen } = columns(trajectories);
      const { entropies } = policy.evaluate(trajectories);
      ok(entropies.some((entropy) => entropy > 0));
      ok(entropies.every((entropy, i) => chosen[i] === 1 ? entropy >= 0 : entropy === 0));
      const questions = subject.episodes.flat();
      let token = 0;
      for (const [step, decision] of trajectories.flatMap(({ decisions }) => decisions).entries()) {
        const sum = entropies.slice(token, token += decision.tokens.length).reduce((a, b) => a + b, 0);
        const { candidates } = questions[step];
        // One choice among n: at most ln n. Several choices in a row have no such bound for each path.
        const choices = decision.chosen.reduce((a, b) => a + b, 0);
        if (candidates !== undefined && choices <= 1) ok(sum <= Math.log(candidates.length) + 1e-5, `${sum}`);
      }
    });

    it("demonstrate() gives what evaluate() needs", () => {
      // Free text is left out: tokens that are no whole characters have no text to be shown by.
      const spelled = [...subject.episodes.keys()].filter((episode) =>
        subject.episodes[episode].every(({ candidates, constraint }) => candidates ?? constraint)
      );
      const played = play(policy, subject, spelled);
      const shown = spelled.map((episode, index): Trajectory => {
        const { decisions } = played[index];
        using context = policy.open();
        return {
          decisions: decisions.map((decision, step) => {
            const { turns, candidates, constraint } = subject.episodes[episode][step];
            context.append(turns);
            return policy.demonstrate({ context, candidates, constraint, seed: SEED, stream: 1 }, decision.text);
          }),
        };
      });
      for (const [step, decision] of shown.flatMap(({ decisions }) => decisions).entries()) {
        const { text, promptTokens, tokens, chosen } = played.flatMap(({ decisions }) => decisions)[step];
        const { text: shownText, promptTokens: shownPrompt, tokens: shownTokens, chosen: shownChosen } = decision;
        deepEqual([shownText, shownPrompt, shownTokens, shownChosen], [text, promptTokens, tokens, chosen]);
        ok(decision.value === 0 && decision.behaviorLogProbs.every((logProb) => logProb === 0));
      }
      deepEqual(bits(policy.evaluate(shown).logProbs), bits(columns(played).behaviorLogProbs));
    });

    it("demonstrate() refuses actions that are not admissible, and changes nothing", () => {
      const question = subject.episodes.flat().find(({ candidates }) => candidates !== undefined);
      if (question === undefined) return;
      const request = (context: Context): DecisionRequest => ({ ...question, context, seed: SEED, stream: 7 });
      using context = policy.open();
      using other = policy.open();
      context.append(question.turns);
      other.append(question.turns);
      throws(() => policy.demonstrate(request(context), "no such candidate at all"), RangeError);
      deepEqual(policy.decide([request(context)]), policy.decide([request(other)]));
    });

    it("backward() gives the derivative of the loss", () => {
      const trajectories = playAll(policy, subject);
      const gradient = new Float32Array(policy.parameterCount);
      policy.writeGradients(gradient);
      policy.evaluate(trajectories);
      policy.backward(lossGradients(trajectories));
      policy.readGradients(gradient);
      policy.writeGradients(new Float32Array(gradient.length));
      const norm = Math.hypot(...gradient);
      ok(norm > 0);
      const snapshot = policy.snapshot();
      const lossAt = (by: (parameter: number) => number): number =>
        using_(
          subject.restore(moved(snapshot, gradient.length, by)),
          (there) => lossOf(there, trajectories),
        );
      const slope = (by: (parameter: number) => number, distance: number): number =>
        (lossAt((i) => by(i) * distance) - lossAt((i) => -by(i) * distance)) / (2 * distance);
      // Along the gradient the slope is its norm; along any direction, the product with it.
      const along = slope((i) => gradient[i] / norm, 2e-3);
      ok(Math.abs(along - norm) < 0.01 * norm, `${along} along the gradient of norm ${norm}`);
      const direction = coefficients(gradient.length, 3).map((x) => x / Math.sqrt(gradient.length / 2));
      const expected = gradient.reduce((sum, x, i) => sum + x * direction[i], 0);
      const across = slope((i) => direction[i], 4e-3);
      ok(Math.abs(across - expected) < 0.01 * norm, `${across} instead of ${expected} across`);
      const largest = [...gradient.keys()].sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
      for (const parameter of largest.slice(0, PROBED_PARAMETERS)) {
        const measured = slope((i) => i === parameter ? 1 : 0, 4e-3);
        const error = Math.abs(measured - gradient[parameter]);
        ok(error < 0.02 * Math.abs(gradient[parameter]) + 0.002 * norm, `parameter ${parameter}: ${measured}`);
      }
    });

    it("backward() adds up, and writeGradients() replaces", () => {
      const trajectories = playAll(policy, subject);
      const read = (): Float32Array => {
        const gradient = new Float32Array(policy.parameterCount);
        policy.readGradients(gradient);
        return gradient;
      };
      const zero = new Float32Array(policy.parameterCount);
      policy.writeGradients(zero);
      policy.evaluate(trajectories);
      policy.backward(lossGradients(trajectories));
      const once = read();
      policy.evaluate(trajectories);
      policy.backward(lossGradients(trajectories));
      const twice = read();
      const largest = once.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      ok(twice.every((x, i) => Math.abs(x - 2 * once[i]) <= 1e-5 * largest));
      policy.writeGradients(once);
      deepEqual(read(), once);
      policy.writeGradients(zero);
    });

    it("update() changes the weights, raises the version and clears the gradient", () => {
      using_(subject.create(), (own) => {
        const trajectories = playAll(own, subject);
        const before = weightsOf(own), { version } = own, loss = lossOf(own, trajectories);
        own.backward(lossGradients(trajectories));
        const report = own.update({ learningRate: 1e-3 });
        ok(report.applied && report.gradientNorm > 0);
        deepEqual([report.version, own.version], [version + 1, version + 1]);
        notDeepEqual(weightsOf(own), before);
        ok(lossOf(own, trajectories) < loss);
        const gradient = new Float32Array(own.parameterCount);
        own.readGradients(gradient);
        ok(gradient.every((x) => x === 0));
      });
    });

    it("update() is seen by contexts that are open", () => {
      using_(subject.create(), (own) => {
        const question = subject.episodes[0][0];
        const request = (context: Context): DecisionRequest => ({ ...question, context, seed: SEED, stream: 3 });
        using open = own.open();
        open.append(question.turns);
        const first = own.decide([request(open)])[0];
        learn(own, playAll(own, subject), 0.05);
        open.append(question.turns);
        const second = own.decide([request(open)])[0];
        const { logProbs, values } = own.evaluate([{ decisions: [first, second] }]);
        deepEqual(bits(logProbs.slice(first.tokens.length)), bits(second.behaviorLogProbs));
        equal(values[1], second.value);
      });
    });

    it("update() applies nothing when a gradient is not finite", () => {
      for (const poison of [NaN, Infinity]) {
        using_(subject.create(), (own) => {
          const trajectories = playAll(own, subject);
          const before = weightsOf(own);
          own.evaluate(trajectories);
          const { dLogProbs, ...rest } = lossGradients(trajectories);
          const at = columns(trajectories).chosen.indexOf(1);
          own.backward({ ...rest, dLogProbs: dLogProbs.map((x, i) => i === at ? poison : x) });
          const report = own.update({ learningRate: 0.1, maxGradientNorm: 1 });
          deepEqual([report.applied, report.version, Number.isFinite(report.gradientNorm)], [
            false,
            own.version,
            false,
          ]);
          deepEqual(weightsOf(own), before);
          learn(own, trajectories);
          ok([...weightsOf(own).values()].every((values) => values.every(Number.isFinite)));
        });
      }
    });

    it("restart() and recall() give what a new context and the original decision give, bit for bit", () => {
      using_(subject.create(), (own) => {
        using kept = own.open();
        using again = own.open();
        for (const questions of subject.episodes) {
          const turns: Turn[] = [];
          for (const { turns: shown, ...limits } of questions) {
            turns.push(...shown);
            using fresh = own.open();
            for (const context of [kept, fresh, again]) context.restart(turns);
            const request = (context: Context): DecisionRequest => ({ context, ...limits, seed: SEED, stream: 5 });
            const decision = own.decide([request(kept)])[0];
            deepEqual(own.decide([request(fresh)])[0], decision);
            const recalled = own.recall(request(again), { ...decision, temperature: 1 });
            equal(recalled.text, decision.text);
            deepEqual([...recalled.promptTokens], [...decision.promptTokens]);
            const { logProbs, values } = own.evaluate([{ decisions: [recalled] }]);
            deepEqual(bits(logProbs), bits(decision.behaviorLogProbs));
            equal(values[0], decision.value);
            const tokens = new Uint32Array([...decision.tokens, 0]);
            again.restart(turns);
            throws(() => own.recall(request(again), { ...decision, tokens, temperature: 1 }), RangeError);
            turns.push({ role: "assistant", text: decision.text });
          }
        }
      });
    });

    it("snapshot() resumes bit for bit", () => {
      using_(subject.create(), (own) => {
        const trajectories = playAll(own, subject);
        for (let update = 0; update < 3; update++) learn(own, trajectories);
        saveCheckpoint(join(folder, "resume"), own.snapshot({ resume: true }));
        using_(subject.restore(loadCheckpoint(join(folder, "resume"))), (resumed) => {
          equal(resumed.version, own.version);
          for (let update = 0; update < 3; update++) {
            learn(own, trajectories);
            learn(resumed, trajectories);
          }
          deepEqual(weightsOf(resumed), weightsOf(own));
          deepEqual(playAll(resumed, subject), playAll(own, subject));
        });
      });
    });

    it("contexts give back what they hold", () => {
      const [question] = subject.episodes[0];
      let first: Decision | undefined;
      for (let round = 0; round < 300; round++) {
        using context = policy.open();
        context.append(question.turns);
        const [decision] = policy.decide([{ ...question, context, seed: SEED, stream: 1 }]);
        first ??= decision;
        deepEqual(decision, first);
      }
    });
  });
}
