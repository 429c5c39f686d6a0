import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ShapeError } from "../../src/errors.ts";
import { lock } from "../../src/environment/mod.ts";
import { loadKernels, randomStream } from "../../src/kernels/mod.ts";
import { creditAudit, gigpo, groupAdvantages, monteCarloAdvantages, rankCorrelation } from "../../src/rl/mod.ts";

const kernels = await loadKernels();

describe("rankCorrelation()", () => {
  it("is 1 − 6 Σ d²/(n (n² − 1)) without ties", () => {
    const [a, b] = [[3, 1, 4, 1.5, 9], [2, 7, 1, 8, 2.8]];
    const rank = (values: readonly number[]) => values.map((x) => values.filter((y) => y <= x).length);
    const gaps = rank(a).map((r, i) => (r - rank(b)[i]) ** 2).reduce((sum, d) => sum + d, 0);
    ok(Math.abs(rankCorrelation(a, b) - (1 - 6 * gaps / (5 * 24))) < 1e-12);
  });

  it("gives equal values the mean of their ranks, by hand", () => {
    // Ranks 1.5, 1.5, 3 and 1, 2, 3: 1.5/√(1.5·2)
    ok(Math.abs(rankCorrelation([0, 0, 1], [1, 2, 3]) - 1.5 / Math.sqrt(3)) < 1e-12);
  });

  it("says nothing where nothing varies, there is a NaN, or there are too few", () => {
    for (const [a, b] of [[[1, 1], [1, 2]], [[1, NaN, 3], [1, 2, 3]], [[1], [1]], [[], []]]) {
      ok(Number.isNaN(rankCorrelation(a, b)));
    }
    throws(() => rankCorrelation([1], []), ShapeError);
  });
});

/** What a policy did on `lock`: it knows the right key half of the time, else it guesses. */
function play(
  environment: ReturnType<typeof lock.create>,
  uniform: () => number,
): { reward: number; terminated: boolean } {
  const actions = environment.actions!();
  const action = uniform() < 0.5 ? environment.gold!()! : actions[Math.floor(uniform() * actions.length)];
  const { reward, terminated, truncated } = environment.step(action);
  return { reward, terminated: terminated || truncated };
}
function playToEnd(environment: ReturnType<typeof lock.create>, uniform: () => number): number {
  let total = 0;
  for (;;) {
    const { reward, terminated } = play(environment, uniform);
    total += reward;
    if (terminated) return total;
  }
}

describe("monteCarloAdvantages() and creditAudit()", () => {
  it("rank credit by state above credit by episode in a world that can be put back", () => {
    const environment = lock.create({ world: 1 });
    const uniform = randomStream(kernels, 5, 0);
    const steps: { before: unknown; after: unknown; reward: number; episode: number; task: number; state: number }[] =
      [];
    const stepsPerEpisode: number[] = [];
    const groups: number[] = [];
    for (let task = 0; task < 4; task++) {
      for (let rollout = 0; rollout < 8; rollout++) {
        environment.reset(task, "train");
        for (let t = 0;; t++) {
          const before = environment.snapshot!();
          const { reward, terminated } = play(environment, uniform);
          const after = terminated ? undefined : environment.snapshot!();
          steps.push({ before, after, reward, episode: groups.length, task, state: t });
          if (!terminated) continue;
          stepsPerEpisode.push(t + 1);
          groups.push(task);
          break;
        }
      }
    }
    const rewards = Float32Array.from(steps, ({ reward }) => reward);
    const truth = monteCarloAdvantages({
      before: steps.map((s) => s.before),
      after: steps.map((s) => s.after),
      rewards,
    }, {
      playFrom: (moment, k) => {
        environment.restore!(moment);
        return playToEnd(environment, randomStream(kernels, 6, k));
      },
      continuations: 32,
    });
    const columns = { rewards, stepsPerEpisode: Uint32Array.from(stepsPerEpisode), groups: Uint32Array.from(groups) };
    const byState = gigpo(kernels, { ...columns, states: Uint32Array.from(steps, (s) => s.state) }, { gamma: 1 });
    const totals = new Float32Array(groups.length);
    steps.forEach(({ episode, reward }) => totals[episode] += reward);
    const episodes = groupAdvantages(kernels, { rewards: totals, groups: columns.groups }, { singleton: "zero" });
    const audits = {
      state: creditAudit(byState.advantages, truth),
      episode: creditAudit(steps.map(({ episode }) => episodes[episode]), truth),
      itself: creditAudit(truth.advantages, truth),
    };
    equal(audits.itself.rankCorrelation, 1);
    equal(audits.itself.signAgreement, 1);
    ok(audits.state.rankCorrelation > audits.episode.rankCorrelation + 0.1, JSON.stringify(audits));
    ok(audits.state.signAgreement > audits.episode.signAgreement, JSON.stringify(audits));
  });

  it("is exact where the world is certain, and knows how unsure it is where it is not", () => {
    const uniform = randomStream(kernels, 7, 0);
    const coin = { before: ["heads or tails"], after: [undefined], rewards: [1] };
    const { advantages, values, errors } = monteCarloAdvantages(coin, {
      playFrom: () => Number(uniform() < 0.5),
      continuations: 400,
    });
    ok(Math.abs(values[0] - 0.5) < 4 * 0.025 && Math.abs(errors[0] - 0.025) < 0.002);
    equal(advantages[0], 1 - values[0]);
    const certain = monteCarloAdvantages({ before: [3], after: [2], rewards: [1] }, {
      playFrom: (left) => left,
      gamma: 0.5,
    });
    deepEqual([certain.advantages[0], certain.errors[0]], [1 + 0.5 * 2 - 3, 0]);
  });

  it("refuse what does not fit, and count silent steps", () => {
    const columns = { before: [1], after: [], rewards: [1] };
    throws(() => monteCarloAdvantages(columns, { playFrom: () => 0 }), ShapeError);
    throws(() => monteCarloAdvantages({ ...columns, after: [1] }, { playFrom: () => 0, continuations: 0 }), RangeError);
    const truth = { advantages: Float64Array.of(0, 1), errors: Float64Array.of(1, 0) };
    const { silentShare, clearSteps, signAgreement } = creditAudit([0, 0], truth);
    deepEqual([silentShare, clearSteps, signAgreement], [1, 1, 0]);
    throws(() => creditAudit([1], truth), ShapeError);
  });
});
