import { deepEqual, ok } from "node:assert/strict";
import { linesOf } from "./_lines.ts";
import type { Store } from "../../src/store/mod.ts";
import { step } from "./_builders.ts";
import { spawnWriter } from "./_spawn_writer.ts";

/** What was acknowledged so far. */
export interface Acknowledged {
  readonly steps: Set<number>;
  readonly feedback: Set<number>;
}

/** Nothing yet. */
export function nothingAcknowledged(): Acknowledged {
  return { steps: new Set(), feedback: new Set() };
}

/** Lets a process write and kills it with SIGKILL after it has acknowledged `lines` more things. */
export async function writeUntilKilled(
  place: string,
  acknowledged: Acknowledged,
  lines: number,
  first = Math.max(-1, ...acknowledged.steps) + 1,
): Promise<void> {
  const child = spawnWriter([place, `${first}`]);
  let heard = 0;
  for await (const line of linesOf(child.stdout)) {
    const [kind, n] = line.split(" ");
    if (kind === "step") acknowledged.steps.add(Number(n));
    if (kind === "feedback") acknowledged.feedback.add(Number(n));
    // What was said before the signal arrives counts as well, so reading goes on to the end.
    if (++heard === lines) child.kill("SIGKILL");
  }
  const { signal } = await child.status;
  deepEqual(signal, "SIGKILL");
  ok(heard >= lines);
}

/** Everything acknowledged is there, once; the journal has no gap, and totals agree with it. */
export async function nothingLost(store: Store, acknowledged: Acknowledged): Promise<void> {
  const journal = await store.rewards.after("router", 0, 1_000_000);
  const rewarded = new Map<string, number>();
  for (const { step, metric } of journal) {
    const name = `${step.id} ${metric}`;
    rewarded.set(name, (rewarded.get(name) ?? 0) + 1);
  }
  deepEqual([...rewarded].filter(([, times]) => times !== 1), [], "a step was rewarded twice");
  const unrewarded = [...acknowledged.feedback].filter((n) => !rewarded.has(`${step(n).id} correct`));
  deepEqual(unrewarded, [], "acknowledged feedback has no reward");
  deepEqual(journal.map((each) => each.sequence), journal.map((_, n) => n + 1), "the journal has gaps");
  const kept = new Set<string>();
  for await (const { steps } of store.episodes.all()) for (const { id } of steps) kept.add(id);
  deepEqual([...acknowledged.steps].filter((n) => !kept.has(step(n).id)), [], "an acknowledged step is gone");
  const counts = await store.feedback.counts("router");
  deepEqual([counts.joined, counts.conflict, counts.early], [journal.length, 0, 0]);
}
