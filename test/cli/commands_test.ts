import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { benchCommandOf } from "../../src/cli/commands/bench.ts";
import { evalCommand } from "../../src/cli/commands/eval.ts";
import { reportCommand } from "../../src/cli/commands/report.ts";
import { EXIT_CODES } from "../../src/cli/exit_codes.ts";
import type { Measuring } from "../../src/cli/learning.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { type CheckpointEvaluation, PRESETS } from "../../src/learning/mod.ts";
import { type FakeHost, fakeHost } from "./fake_host.ts";
import { DONE, EVENTS } from "./fake_training.ts";

const RESULT: CheckpointEvaluation = {
  interval: [0.868, 0.946],
  success: 0.915,
  warmStart: 0.4,
  episodes: 200,
  meanReturn: 0.8,
  seconds: 4,
  seed: 5,
};
const asked: [string, Measuring][] = [];
const commands = [
  evalCommand(() =>
    Promise.resolve({
      evaluateCheckpoint(folder: string, options: Measuring): Promise<CheckpointEvaluation> {
        asked.push([folder, options]);
        return Promise.resolve(RESULT);
      },
    })
  ),
  reportCommand,
  benchCommandOf({
    matrix: () =>
      Promise.resolve((_, clock) => [{
        name: "matrix 512",
        value: clock.now() + 2,
        unit: "GFLOP/s",
        ratio: 0.9,
        against: "peak loop",
      }]),
    other: () => Promise.reject(new Error("must not be loaded")),
  }),
];
const run = (host: FakeHost, ...words: string[]): Promise<number> => runCommandLine(words, commands, host);

describe("eddy eval", () => {
  it("passes its flags on and ends with `done`", async () => {
    const host = fakeHost();
    equal(await run(host, "eval", "runs/x", "--episodes", "50", "--seed", "3", "--json"), 0);
    deepEqual(JSON.parse(host.out()), { event: "done", ...RESULT, checkpoint: "runs/x" });
    const [folder, { episodes, seed, environment }] = asked.at(-1)!;
    deepEqual([folder, episodes, seed, environment], ["runs/x", 50, 3, undefined]);
  });

  it("tells people the figure beside the warm start's", async () => {
    const host = fakeHost();
    await run(host, "eval", "runs/x");
    match(
      host.out(),
      /^success 91\.5 % \(95 % interval 86\.8 % to 94\.6 %\) over 200 held-out tasks, 40\.0 % after its warm start\n/,
    );
  });

  it("needs a checkpoint and whole numbers", async () => {
    const host = fakeHost();
    equal(await run(host, "eval"), 2);
    equal(await run(host, "eval", "x", "--episodes", "0"), 2);
    match(host.err(), /it needs a checkpoint.*\n.*'--episodes 0': expected a whole number of at least 1/);
  });
});

describe("eddy bench", () => {
  it("prints machine, date and each figure as a ratio", async () => {
    const host = fakeHost();
    equal(await run(host, "bench", "--only", "matrix"), 0);
    match(host.out(), /^P<1>, 2 cores, 8 GiB, test\nDeno, (relaxed|simd128), Eddy 1\.2\.3, 2026-01-02 03:04 UTC\n\n/);
    match(host.out(), /matrix 512 +2\.00 GFLOP\/s +0\.90 × peak loop\n$/);
  });

  it("prints one object a line with --json", async () => {
    const host = fakeHost();
    await run(host, "bench", "--only", "matrix", "--json");
    const { machine, ...measured } = JSON.parse(host.out()) as Record<string, unknown>;
    deepEqual(measured, { name: "matrix 512", value: 2, unit: "GFLOP/s", ratio: 0.9, against: "peak loop" });
    ok(machine);
  });

  it("takes a name without a flag", async () => {
    const [plain, flagged] = [fakeHost(), fakeHost()];
    equal(await run(plain, "bench", "matrix"), 0);
    await run(flagged, "bench", "--only", "matrix");
    equal(plain.out(), flagged.out());
  });

  it("names the nearest bench when one is unknown", async () => {
    const host = fakeHost();
    equal(await run(host, "bench", "--only", "matrx"), 2);
    match(host.err(), /did you mean 'matrix'/);
  });
});

describe("eddy report", () => {
  it("writes report and picture of a kept run", async () => {
    const host = fakeHost();
    host.files.set("r/events.jsonl", [...EVENTS, DONE].map((event) => JSON.stringify(event)).join("\n") + '\n{"ev');
    host.files.set("r/configuration.json", JSON.stringify(PRESETS.desk));
    equal(await run(host, "report", "r/", "--picture", "p.svg"), 0);
    match(host.files.get("r/report.html")!, /92\.0 %/);
    match(host.files.get("p.svg")!, /^<svg/);
  });

  it("says what is missing or broken", async () => {
    const host = fakeHost();
    equal(await run(host, "report"), 2);
    equal(await run(host, "report", "nowhere"), 66);
    host.files.set("r/events.jsonl", "{\n{}\n");
    equal(await run(host, "report", "r"), 65);
    match(host.err(), /line 1 of events\.jsonl is broken/);
  });
});

describe("runCommandLine()", () => {
  it("shows help of the program and of each command, with examples", async () => {
    for (const words of [["--help"], ["-h"], ["help"]]) {
      const host = fakeHost();
      equal(await run(host, ...words), 0);
      for (const { name } of commands) match(host.out(), new RegExp(`\\n {2}${name} `));
    }
    for (const { name, flags } of commands) {
      const host = fakeHost();
      equal(await run(host, name, "--help"), 0);
      for (const flag of Object.keys(flags)) ok(host.out().includes(`--${flag}`), flag);
      match(host.out(), /Examples\n {2}# /);
    }
  });

  it("gives 2 without a command, and the nearest when it is unknown", async () => {
    const host = fakeHost();
    equal(await run(host), 2);
    equal(await run(host, "evl"), 2);
    equal(await run(host, "--versoin"), 2);
    match(host.err(), /'evl': unknown; did you mean 'eval'\?\n.*'--versoin': unknown; did you mean '--version'/);
  });

  it("takes a full disk for one", async () => {
    const host = fakeHost();
    const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    const failing = { ...commands[0], run: () => Promise.reject(full) };
    equal(await runCommandLine(["eval"], [failing], host), EXIT_CODES.disk_full);
    equal(host.err(), "error: Cannot write: the disk is full\n");
  });
});
