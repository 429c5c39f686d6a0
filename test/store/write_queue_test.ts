import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, rejects } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { createWriteQueue, type WriteQueue, type WriteQueueOptions } from "../../src/store/write_queue.ts";

/** A queue whose database is a list of groups; `fail` may throw. */
function queueOver(
  groups: string[][],
  fail: (calls: readonly string[], retried: boolean) => void = () => {},
  options: Partial<WriteQueueOptions<string>> = {},
): WriteQueue<string> {
  return createWriteQueue<string>({
    async commit(calls, retried): Promise<string[]> {
      await Promise.resolve();
      fail(calls, retried);
      groups.push([...calls]);
      return calls.map((call) => `${call}!`);
    },
    isPassing: (error) => error instanceof Error && error.message === "gone",
    place: "the store",
    groupMs: 1,
    groupRows: 3,
    maximumRows: 100,
    patienceMs: 5_000,
    ...options,
  });
}

describe("createWriteQueue()", () => {
  it("groups calls in order, none above its size unless one call alone is, and gives each its own result", async () => {
    const groups: string[][] = [];
    const queue = queueOver(groups);
    const sizes = [1, 1, 1, 2, 9, 1];
    const results = await Promise.all(sizes.map((rows, n) => queue.add(`${n}`, rows)));
    deepEqual(results, ["0!", "1!", "2!", "3!", "4!", "5!"]);
    deepEqual(groups, [["0", "1", "2"], ["3"], ["4"], ["5"]]);
    await queue.close();
  });

  it("takes a call that comes in the very turn in which the last group ends", async () => {
    const queue = queueOver([]);
    for (let n = 0; n < 20; n++) await queue.add(`${n}`, 3);
    await queue.close();
  });

  it("rejects only the call that is at fault", async () => {
    const groups: string[][] = [];
    const queue = queueOver(groups, (calls) => {
      if (calls.includes("bad")) throw new RangeError("bad row");
    });
    const results = await Promise.allSettled(["a", "bad", "b"].map((call) => queue.add(call, 1)));
    deepEqual(results.map((each) => each.status), ["fulfilled", "rejected", "fulfilled"]);
    deepEqual(groups, [["a"], ["b"]]);
    await queue.close();
  });

  it("rejects a whole group at once when the disk is full", async () => {
    let attempts = 0;
    const queue = queueOver([], () => {
      attempts++;
      throw new EddyError("disk_full", "Cannot write: no room");
    });
    const results = await Promise.allSettled(["a", "b", "c"].map((call) => queue.add(call, 1)));
    deepEqual(results.map((each) => each.status), ["rejected", "rejected", "rejected"]);
    equal(attempts, 1);
    await queue.close();
  });

  it("tries the whole group again while the database is gone, and says that it may have been written", async () => {
    const groups: string[][] = [];
    const seen: boolean[] = [];
    const queue = queueOver(groups, (_, retried) => {
      seen.push(retried);
      if (seen.length < 3) throw new Error("gone");
    });
    deepEqual(await Promise.all(["a", "b"].map((call) => queue.add(call, 1))), ["a!", "b!"]);
    deepEqual([seen, groups], [[false, true, true], [["a", "b"]]]);
    await queue.close();
  });

  it("rejects everything that waits once patience has run out, and writes again when the database is back", async () => {
    const groups: string[][] = [];
    let isGone = true;
    const queue = queueOver(groups, () => {
      if (isGone) throw new Error("gone");
    }, { patienceMs: 1 });
    const results = await Promise.allSettled(["a", "b", "c", "d"].map((call) => queue.add(call, 1)));
    deepEqual(results.map((each) => each.status), ["rejected", "rejected", "rejected", "rejected"]);
    isGone = false;
    equal(await queue.add("e", 1), "e!");
    deepEqual(groups, [["e"]]);
    await queue.close();
  });

  it("refuses what is too much, and everything after it is closed; closing writes what waits", async () => {
    const groups: string[][] = [];
    const queue = queueOver(groups, () => {}, { maximumRows: 2, groupMs: 60_000 });
    const waiting = [queue.add("a", 1), queue.add("b", 1)];
    await rejects(queue.add("c", 1), { code: "overloaded" });
    await queue.close();
    deepEqual(await Promise.all(waiting), ["a!", "b!"]);
    await rejects(queue.add("d", 1), { code: "store_unavailable" });
  });
});
