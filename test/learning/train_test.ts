import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type DoneEvent,
  evaluateCheckpoint,
  loadRun,
  PRESETS,
  saveRun,
  train,
  type TrainConfiguration,
  type TrainDependencies,
  type TrainingEvent,
} from "../../src/learning/mod.ts";
import { newPolicy } from "../../src/learning/new_policy.ts";
import { openWorld } from "../../src/learning/open_world.ts";
import { saveCheckpoint } from "../../src/policy/mod.ts";
import { tinyDesk } from "./tiny.ts";

const kernels = await loadKernels();
let clock = 0;
const now = (): number => ++clock;
const spawnWorker = (): Worker => new Worker(new URL("../../workers/rollout.ts", import.meta.url), { type: "module" });

type Options = Partial<TrainDependencies> & { readonly stopAfter?: number; readonly events?: TrainingEvent[] };

/** Runs a training into its folder, possibly stopped after some updates. */
function run(configuration: TrainConfiguration, options: Options = {}): Promise<DoneEvent | undefined> {
  const interruption = new AbortController();
  let updates = 0;
  return train(configuration, {
    kernels,
    now,
    save: (snapshot, state) => Promise.resolve(saveRun(configuration, snapshot, state)),
    signal: interruption.signal,
    ...options,
    onEvent(event): void {
      options.events?.push(event);
      if (event.event === "update" && ++updates === options.stopAfter) interruption.abort();
    },
  });
}

function resumed(configuration: TrainConfiguration, options: Options = {}): Promise<DoneEvent | undefined> {
  const { snapshot, state } = loadRun(configuration.out);
  return run(configuration, { ...options, resume: { snapshot, state: state! } });
}

/** All that a run learned: weights, and what the optimizer remembers. */
function learned(folder: string): string[] {
  const version = readFileSync(join(folder, "latest"), "utf8").trim();
  const files = ["model.safetensors", "eddy.safetensors"];
  return files.map((file) => readFileSync(join(folder, version, file)).toString("base64"));
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("train()", () => {
  it("gives the same bytes however often it is stopped, in either phase", () =>
    inFolder(async (folder) => {
      const events: TrainingEvent[] = [];
      const done = await run(tinyDesk(`${folder}/straight`), { events });
      for (const stopAfter of [2, 4, 6]) {
        const cut = tinyDesk(`${folder}/cut${stopAfter}`);
        equal(await run(cut, { stopAfter }), undefined);
        equal(loadRun(cut.out).state?.updates, stopAfter);
        const after: TrainingEvent[] = [];
        const end = await resumed(cut, { stopAfter: 3, events: after }) ?? await resumed(cut, { events: after });
        deepEqual(learned(cut.out), learned(`${folder}/straight`), `stopped after ${stopAfter}`);
        deepEqual([end?.success, end?.warmStart, end?.tokens], [done?.success, done?.warmStart, done?.tokens]);
        const updates = events.filter((event) => event.event === "update").slice(stopAfter);
        const again = after.filter((event) => event.event === "update");
        deepEqual(again.map(timeless), updates.map(timeless));
      }
    }));

  it("gives the same bytes with 0, 1, 2 and 3 workers", () =>
    inFolder(async (folder) => {
      await run(tinyDesk(`${folder}/0`));
      for (const workers of [1, 2, 3]) {
        await run(tinyDesk(`${folder}/${workers}`, { workers }), { spawnWorker });
        deepEqual(learned(`${folder}/${workers}`), learned(`${folder}/0`), `${workers} workers`);
      }
    }));

  it("gives another seed other weights", () =>
    inFolder(async (folder) => {
      await run(tinyDesk(`${folder}/1`, { seed: 1 }));
      await run(tinyDesk(`${folder}/2`, { seed: 2 }));
      ok(learned(`${folder}/1`)[0] !== learned(`${folder}/2`)[0]);
    }));

  it("resumes a linear policy with the same bytes, and learns the lock", () =>
    inFolder(async (folder) => {
      const straight = { ...PRESETS.spark, out: `${folder}/straight` };
      const done = await run(straight);
      ok(done!.untrained < 0.05 && done!.success >= 0.95, `${done?.untrained} → ${done?.success}`);
      const cut = { ...PRESETS.spark, out: `${folder}/cut` };
      equal(await run(cut, { stopAfter: 31 }), undefined);
      await resumed(cut);
      deepEqual(learned(cut.out), learned(straight.out));
    }));

  it("ends with one sentence when a worker dies, with the last checkpoint loadable", () =>
    inFolder(async (folder) => {
      const configuration = tinyDesk(`${folder}/run`, { workers: 2, checkpointEvery: 1 });
      const workers: Worker[] = [];
      const dying = run(configuration, {
        spawnWorker(): Worker {
          const worker = spawnWorker();
          workers.push(worker);
          return worker;
        },
        save(snapshot, state): Promise<string> {
          const kept = saveRun(configuration, snapshot, state);
          if (state.updates === 2) {
            workers[1].dispatchEvent(new ErrorEvent("error", { message: "killed", cancelable: true }));
          }
          return Promise.resolve(kept);
        },
      });
      await rejects(dying, { code: "worker_failed", message: /Cannot go on: worker 1 died \(killed\); resume/ });
      equal(loadRun(configuration.out).state?.updates, 2);
      await run(tinyDesk(`${folder}/straight`));
      await resumed(configuration, { spawnWorker });
      deepEqual(learned(configuration.out), learned(`${folder}/straight`));
    }));

  it("ends with one sentence when the disk is full, with the last checkpoint loadable", () =>
    inFolder(async (folder) => {
      const configuration = tinyDesk(folder);
      const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const filling = run(configuration, {
        save: (snapshot, state) =>
          Promise.resolve().then(() =>
            saveRun(
              configuration,
              snapshot,
              state,
              state.updates < 6 ? {} : {
                writeFile: () => {
                  throw full;
                },
              },
            )
          ),
      });
      await rejects(filling, { code: "disk_full", message: /the disk is full/ });
      equal(loadRun(folder).state?.updates, 3);
    }));
});

describe("evaluateCheckpoint()", () => {
  it("measures what closed the training, and other tasks with another seed", () =>
    inFolder(async (folder) => {
      const configuration = { ...PRESETS.spark, out: folder };
      const done = await run({ ...configuration, reinforcement: { ...configuration.reinforcement, updates: 30 } });
      const same = await evaluateCheckpoint(kernels, folder, { now });
      deepEqual([same.success, same.warmStart, same.episodes], [done!.success, null, 500]);
      ok(same.interval[0] < same.success && same.success < same.interval[1]);
      const again = await evaluateCheckpoint(kernels, folder, { now, seed: 7, episodes: 100, temperature: 1 });
      equal(again.seed, 7);
      ok(again.meanReturn !== same.meanReturn);
    }));

  it("asks for the world of a model that does not name one, and plays there", () =>
    inFolder(async (folder) => {
      const environment = tinyDesk(folder).environment;
      const snapshot = newPolicy(kernels, await openWorld({ environment }), tinyDesk(folder));
      saveCheckpoint(folder, snapshot);
      await rejects(
        evaluateCheckpoint(kernels, folder, { now }),
        /which world it acts in; name one with --environment/,
      );
      const { episodes, warmStart } = await evaluateCheckpoint(kernels, folder, { now, environment, episodes: 3 });
      deepEqual([episodes, warmStart], [3, null]);
    }));
});

/** An event without what depends on the clock. */
function timeless(event: TrainingEvent): unknown {
  const { seconds: _, ...rest } = event as { readonly seconds?: number };
  const { metrics } = rest as { metrics?: Record<string, number> };
  return metrics ? { ...rest, metrics: { ...metrics, tokensPerSecond: 0 } } : rest;
}
