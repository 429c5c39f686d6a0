import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { estimateCommand } from "../../src/cli/commands/estimate.ts";
import { readDecisionLog } from "../../src/cli/estimate/read_decision_log.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { randomStream } from "../../src/kernels/mod.ts";
import { loadKernels } from "../../src/mod.ts";
import { fakeHost } from "./fake_host.ts";

const kernels = await loadKernels();

/** Runs `eddy estimate` over files in memory. */
async function estimate(
  files: Record<string, string>,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost();
  for (const [path, text] of Object.entries(files)) host.files.set(path, text);
  const code = await runCommandLine(["estimate", ...words], [estimateCommand], host);
  return { code, out: host.out(), err: host.err() };
}
const event = (more: Record<string, unknown>) =>
  JSON.stringify({
    EventId: "e",
    a: [2, 1],
    p: [0.75, 0.25],
    _label_Action: 2,
    _label_probability: 0.75,
    _label_cost: -1,
    ...more,
  });
/** An episode of Eddy's export with one step. */
const episode = (step: Record<string, unknown>, rewards: { metric: string; reward: number }[]) =>
  JSON.stringify({
    id: "e",
    agent: "a",
    steps: [{ id: "s", arm: "incumbent", candidates: ["yes", "no"], choice: 0, propensity: 0.5, ...step }],
    feedback: [],
    rewards: rewards.map((reward) => ({ stepId: "s", ...reward })),
  });

describe("readDecisionLog()", () => {
  it("reads DSJSON: costs become rewards, what has no outcome is counted", () => {
    const text = [
      event({}),
      event({ _label_Action: 1, _label_probability: 0.25, _label_cost: 0 }),
      '{"EventId":"x","a":[1]}',
    ]
      .join("\n");
    const { format, decisions, skipped } = readDecisionLog(text);
    equal(format, "DSJSON");
    deepEqual(decisions, [
      { candidates: ["1", "2"], choice: 1, propensity: 0.75, reward: 1 },
      { candidates: ["1", "2"], choice: 0, propensity: 0.25, reward: 0 },
    ]);
    deepEqual([...skipped], [["no outcome", 1]]);
  });

  it("reads each slot of a conditional bandit as one decision, and refuses slates", () => {
    const slots = [{ _label_cost: -2, _a: [1, 0], _p: [0.5, 0.5] }, { _label_cost: 0, _a: [0], _p: [1] }];
    deepEqual(readDecisionLog(JSON.stringify({ EventId: "e", _outcomes: slots })).decisions, [
      { candidates: ["1", "2"], choice: 1, propensity: 0.5, reward: 2 },
      { candidates: ["1"], choice: 0, propensity: 1, reward: 0 },
    ]);
    refuses(event({ _outcomes: slots }), /line 1 has one cost for several choices/);
  });

  it("reads Open Bandit's columns wherever they stand", () => {
    const { format, decisions } = readDecisionLog(",item_id,x,click,propensity_score\n0,1,a,1,0.25\n1,0,b,0,0.5\n");
    equal(format, "Open Bandit");
    deepEqual(decisions, [
      { candidates: ["0", "1"], choice: 1, propensity: 0.25, reward: 1 },
      { candidates: ["0", "1"], choice: 0, propensity: 0.5, reward: 0 },
    ]);
    refuses("item_id,click,action_prob\n0,1\n", /line 2 has 2 fields where the head has 3/);
    refuses("item_id,click,action_prob\n0,1,\n", /line 2 has propensity NaN/);
  });

  it("reads Eddy's export, and tells what it leaves out", () => {
    const judged = [{ metric: "solved", reward: 1 }];
    const text = [
      episode({}, judged),
      episode({}, []),
      episode({ arm: "shadow" }, judged),
      episode({ candidates: undefined }, judged),
    ].join("\n");
    const { decisions, skipped } = readDecisionLog(text);
    deepEqual(decisions, [{ candidates: ["yes", "no"], choice: 0, propensity: 0.5, reward: 1 }]);
    deepEqual(Object.fromEntries(skipped), {
      "without a reward by 'solved'": 1,
      "chosen by the application itself": 1,
      "without listed candidates": 1,
    });
  });

  it("asks which metric counts where there are several", () => {
    const text = episode({}, [{ metric: "solved", reward: 1 }, { metric: "polite", reward: 0.5 }, {
      metric: "correction",
      reward: 0,
    }]);
    refuses(text, /'solved', 'polite'; name one with '--metric'/);
    equal(readDecisionLog(text, "polite").decisions[0].reward, 0.5);
    refuses(text, /'--metric fast'/, "fast");
    refuses(episode({}, []), /nobody judged/);
  });

  it("says which line is broken", () => {
    refuses("", /the log is empty/);
    refuses("hello", /line 1 is not JSON/);
    refuses('{"b": 1}', /neither what 'eddy export' writes/);
    refuses(`${event({})}\n[1]`, /line 2 is no JSON object/);
    refuses(event({ _label_probability: 0 }), /propensity 0/);
    refuses(event({ _label_Action: 3 }), /action 2, which is none of its 2/);
    refuses(event({ pdrop: 0.5 }), /pdrop 0.5/);
    refuses(`${episode({}, [{ metric: "m", reward: 1 }])}\n${event({})}`, /line 2 is no episode/);
  });
});

function refuses(text: string, message: RegExp, metric?: string): void {
  let told = "";
  try {
    readDecisionLog(text, metric);
  } catch (error) {
    told = (error as Error).message;
  }
  match(told, message);
}

describe("eddy estimate", () => {
  /** Two actions worth 0.3 and 0.7; the log takes the second a quarter of the time. */
  const uniform = randomStream(kernels, 8, 0);
  const rows = Array.from({ length: 3000 }, () => {
    const item = Number(uniform() < 0.25);
    return `${item},${Number(uniform() < (item ? 0.7 : 0.3))},${item ? 0.25 : 0.75}`;
  });
  const log = ["item_id,click,propensity_score", ...rows].join("\n");

  it("finds what another policy earns, and that it is more", async () => {
    const { code, out } = await estimate({ "log.csv": log }, "log.csv", "--policy", "always:1", "--json");
    equal(code, 0);
    const { estimates, difference, logged, warnings, decisions } = JSON.parse(out);
    equal(decisions, 3000);
    for (const name of ["ips", "snips", "doubly robust"]) {
      const { lower, upper } = estimates[name];
      ok(lower < 0.7 && 0.7 < upper && upper - lower < 0.2, `${name}: ${lower} to ${upper}`);
    }
    deepEqual([estimates["direct method"].lower, warnings], [null, []]);
    ok(difference.lower > 0 && difference.lower < 0.3 && Math.abs(logged.value - 0.4) < 0.03);
    const { out: page } = await estimate({ "log.csv": log }, "log.csv", "--policy", "always:1");
    match(page, /Open Bandit: 3,000 decisions[\s\S]*would have earned more than the log/);
  });

  it("reads policies as shares of actions and as lines, and both give the same", async () => {
    const files = {
      "log.csv": log,
      "shares.json": '{"0": 0.5, "1": 0.5}',
      "lines.jsonl": rows.map(() => "[0.5, 0.5]").join("\n"),
    };
    const made = await Promise.all(["uniform", "shares.json", "lines.jsonl"].map(async (policy) => {
      const { estimates } = JSON.parse((await estimate(files, "log.csv", "--policy", policy, "--json")).out);
      return estimates;
    }));
    deepEqual(made[1], made[0]);
    deepEqual(made[2], made[0]);
  });

  it("warns of few decisions that speak, and of rewards that are too rare for bounds", async () => {
    const rare = [
      "item_id,click,propensity_score",
      ...Array.from({ length: 400 }, (_, i) => `${i % 40},${Number(i === 7)},0.025`),
    ];
    const { out } = await estimate({ "log.csv": rare.join("\n") }, "log.csv", "--policy", "always:3");
    match(out, /Do not conclude anything/);
    match(out, /10\.0 effective samples/);
    match(out, /Only 0 of the decisions that speak/);
  });

  it("says what is wrong with a call", async () => {
    const files = {
      "log.csv": log,
      "bad.json": '{"0": 0.5}',
      "short.jsonl": "[0.5, 0.5]",
      "name.json": '{"two": 1}',
      "one.csv": log.split("\n").slice(0, 2).join("\n"),
    };
    for (
      const [words, message] of [
        [["log.csv"], /it needs a log and a policy/],
        [["none.csv", "--policy", "uniform"], /Cannot read 'none\.csv'/],
        [["log.csv", "--policy", "always:7"], /none of this name; did you mean/],
        [["log.csv", "--policy", "best"], /neither 'uniform', 'always:ACTION' nor a file/],
        [["log.csv", "--policy", "bad.json"], /add up to 0\.5/],
        [["log.csv", "--policy", "short.jsonl"], /1 lines for 3000 decisions/],
        [["log.csv", "--policy", "name.json"], /action 'two'/],
        [["one.csv", "--policy", "uniform"], /has 1 decisions with rewards/],
      ] as const
    ) {
      const { code, err } = await estimate(files, ...words);
      ok(code !== 0);
      match(err, message);
    }
  });
});
