import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { trainCommand } from "../../src/cli/commands/train.ts";
import type { Learning } from "../../src/cli/learning.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { EddyError } from "../../src/errors.ts";
import { PRESETS, type TrainConfiguration, type TrainingEvent } from "../../src/learning/mod.ts";
import { type FakeHost, fakeHost } from "./fake_host.ts";
import { DONE, EVENTS, fakeTraining } from "./fake_training.ts";

function train(host: FakeHost, words: string[], learning: Pick<Learning, "train"> = fakeTraining()): Promise<number> {
  return runCommandLine(["train", ...words], [trainCommand(() => Promise.resolve(learning))], host);
}
/** Puts a run's checkpoint on the disk, as far as the command line reads it. */
function checkpoint(host: FakeHost, folder: string, configuration: object): void {
  host.files.set(`${folder}/latest`, "1\n");
  host.files.set(`${folder}/1/eddy.json`, JSON.stringify({ configuration }));
}
const objects = (text: string): Record<string, unknown>[] =>
  text.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);

describe("eddy train", () => {
  it("tells every event with --json, `done` last, with the report", async () => {
    const host = fakeHost();
    equal(await train(host, ["--json"]), 0);
    const told = objects(host.out());
    deepEqual(told.slice(0, -1), EVENTS);
    deepEqual(told.at(-1), { ...DONE, report: "runs/desk-1/report.html" });
    equal(told.filter(({ event }) => event === "done").length, 1);
  });

  it("keeps configuration, events and report in the run's folder", async () => {
    const host = fakeHost();
    await train(host, ["--out", "elsewhere", "--seed", "9"]);
    deepEqual(
      [...host.files.keys()].sort(),
      ["configuration", "events", "report"].map((name) =>
        `elsewhere/${name}.${{ configuration: "json", events: "jsonl", report: "html" }[name]}`
      ),
    );
    equal((JSON.parse(host.files.get("elsewhere/configuration.json")!) as TrainConfiguration).seed, 9);
    equal(objects(host.files.get("elsewhere/events.jsonl")!).length, EVENTS.length + 1);
    match(host.files.get("elsewhere/report.html")!, /deno task train --out elsewhere --seed 9/);
  });

  it("says each evaluation on a line of its own when not in a terminal, and ends with what to do next", async () => {
    const host = fakeHost();
    await train(host, []);
    const lines = host.out().split("\n");
    equal(lines.filter((line) => /success \d/.test(line)).length, 6);
    ok(!host.out().includes("\x1b"));
    match(host.out(), /2\.0 % untrained → 40\.0 % after the warm start → 92\.0 % now/);
    match(host.out(), /deno task eval runs\/desk-7\/checkpoints\/6/);
  });

  it("passes a changed configuration, data and the resumed folder on", async () => {
    const host = fakeHost();
    const seen: unknown[] = [];
    const learning: Pick<Learning, "train"> = {
      train(configuration, { resume }): Promise<typeof DONE> {
        seen.push(
          configuration.reinforcement.reward,
          configuration.workers,
          configuration.environmentOptions.data,
          resume,
        );
        return Promise.resolve(DONE);
      },
    };
    equal(await train(host, ["--reward", "episode", "--set", "workers=3", "--data", "d", "--out", "r"], learning), 0);
    checkpoint(host, "r", JSON.parse(host.files.get("r/configuration.json")!));
    equal(await train(host, ["--resume", "r"], learning), 0);
    deepEqual(seen, ["episode", 3, "/project/d", false, "episode", 3, "/project/d", true]);
  });

  it("stops at the first Ctrl-C, says how to go on, and exits with 130", async () => {
    const host = fakeHost();
    let updates = 0;
    const learning = fakeTraining((event) => {
      if (event.event === "update" && ++updates === 4) host.interrupts.forEach((interrupt) => interrupt());
    });
    equal(await train(host, ["--out", "a b"], learning), 130);
    match(host.err(), /^error: Cannot finish: interrupted; go on with 'deno task train --resume 'a b''\n$/);
    match(host.out(), /Stopping after this update/);
    equal(host.interrupts.size, 0);
  });

  it("leaves the second Ctrl-C to the system, with the cursor shown", async () => {
    const host = fakeHost({ columns: 80, rows: 24 });
    const learning: Pick<Learning, "train"> = {
      train(_, { signal }): Promise<never> {
        host.interrupts.forEach((interrupt) => interrupt());
        equal(host.interrupts.size, 0, "nobody listens any more");
        ok(host.out().endsWith("\x1b[?25h"));
        return Promise.reject(signal.reason);
      },
    };
    equal(await train(host, [], learning), 130);
  });

  it("resumes a run's log at its last checkpoint", async () => {
    const host = fakeHost();
    await train(host, ["--out", "r"]);
    const cut = host.files.get("r/events.jsonl")!.split("\n").slice(0, 9).join("\n") + '\n{"event":"upd';
    host.files.set("r/events.jsonl", cut);
    checkpoint(host, "r", { ...PRESETS.desk, out: "r" });
    await train(host, ["--resume", "r"], { train: () => Promise.resolve(DONE) });
    const kept = objects(host.files.get("r/events.jsonl")!) as unknown as TrainingEvent[];
    deepEqual(kept.slice(0, -1), EVENTS.slice(0, 6));
    equal(kept.at(-1)?.event, "done");
  });

  it("refuses to resume what is not a run", async () => {
    const host = fakeHost();
    equal(await train(host, ["--resume", "nowhere"]), 66);
    match(host.err(), /Cannot resume 'nowhere': it holds no checkpoint of a run/);
    checkpoint(host, "r", {});
    host.files.set("r/1/eddy.json", "{");
    equal(await train(host, ["--resume", "r"]), 65);
    checkpoint(host, "r", { ...PRESETS.desk, sede: 1 });
    equal(await train(host, ["--resume", "r"]), 65);
    match(host.err(), /did you mean 'seed'/);
  });

  it("goes on with the kept configuration; only length and what does not touch weights may change", async () => {
    const seen: TrainConfiguration[] = [];
    const learning: Pick<Learning, "train"> = {
      train(configuration): Promise<typeof DONE> {
        seen.push(configuration);
        return Promise.resolve(DONE);
      },
    };
    const kept = { ...PRESETS.desk, seed: 5, environmentOptions: { maximumSteps: 4 }, out: "before" };
    const resume = (...words: string[]): [FakeHost, Promise<number>] => {
      const host = fakeHost();
      checkpoint(host, "moved", kept);
      return [host, train(host, ["--resume", "moved", ...words], learning)];
    };
    equal(await resume("--updates", "90", "--workers", "0", "--seed", "5")[1], 0);
    deepEqual(seen, [{
      ...kept,
      out: "moved",
      workers: 0,
      reinforcement: { ...kept.reinforcement, updates: 90 },
    }]);
    for (
      const [words, refusal] of [
        [["--seed", "6"], /with another 'seed': it is '5' there, not '6'/],
        [["--preset", "spark"], /with another 'preset': it is 'desk' there, not 'spark'/],
        [["--environment", "./w.ts"], /with another 'environment': it is 'desk' there/],
        [["--out", "elsewhere"], /with another 'out'/],
        [["--set", "environmentOptions.maximumSteps=5"], /with another 'environmentOptions.maximumSteps'/],
      ] as const
    ) {
      const [host, code] = resume(...words);
      equal(await code, 2);
      match(host.err(), refusal);
    }
  });

  it("gives workers the address of a world of the user's own", async () => {
    const host = fakeHost();
    await train(host, ["--dry-run", "--json", "--environment", "./my_world.ts"]);
    const { environment, out } = JSON.parse(host.out()) as TrainConfiguration;
    equal(environment, "file:///project/my_world.ts");
    equal(out, "runs/my_world-1");
  });

  it("prints the configuration with --dry-run and does nothing", async () => {
    const host = fakeHost();
    equal(await train(host, ["--dry-run", "--json", "--preset", "spark", "--updates", "5"]), 0);
    const printed = JSON.parse(host.out()) as TrainConfiguration;
    equal(printed.reinforcement.updates, 5);
    deepEqual(printed.policy, PRESETS.spark.policy);
    equal(host.files.size, 0);
    const people = fakeHost();
    await train(people, ["--dry-run"]);
    match(people.out(), /\nreinforcement\n(.*\n)* {2}gamma {2,}0\.95 {2,}discount/);
  });

  it("names the nearest preset, field and flag, with exit code 2", async () => {
    for (
      const [words, hint] of [
        [["--preset", "dsk"], /did you mean 'desk'/],
        [["--set", "reinforcement.lamda=1"], /did you mean 'reinforcement.lambda'/],
        [["--set", "seed"], /expected PATH=VALUE/],
        [["--pre-set", "desk"], /did you mean '--preset'/],
        [["--reward", "steps"], /nearest: 'step'/],
      ] as const
    ) {
      const host = fakeHost();
      equal(await train(host, [...words]), 2);
      match(host.err(), hint);
      match(host.err(), /^error: Cannot [^\n]*\n$/);
    }
  });

  it("turns a failure into a sentence, an object with --json, and a stack only where asked", async () => {
    const failing: Pick<Learning, "train"> = {
      train: () => Promise.reject(new EddyError("disk_full", "Cannot write 'x': the disk is full")),
    };
    const host = fakeHost();
    equal(await train(host, ["--json"], failing), 74);
    deepEqual(objects(host.out()).at(-1), {
      event: "error",
      code: "disk_full",
      message: "Cannot write 'x': the disk is full",
    });
    equal(host.err(), "error: Cannot write 'x': the disk is full\n");
    const unexpected: Pick<Learning, "train"> = { train: () => Promise.reject(new TypeError("x is not a function")) };
    const debug = fakeHost({ variables: { EDDY_DEBUG: "1" } });
    equal(await train(debug, [], unexpected), 1);
    match(debug.err(), /^error: Cannot finish 'train': x is not a function\nTypeError: [^]*train_test/);
  });
});
