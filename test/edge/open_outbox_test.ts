import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import {
  type Centre,
  connectCentre,
  type IngestResult,
  openOutbox,
  type Outbox,
  type OutboxOptions,
  type OutboxStorage,
  sqliteOutboxStorage,
} from "../../src/edge/mod.ts";
import { EddyError } from "../../src/errors.ts";
import { EDGE_KEY, type FakeCentre, fakeCentre } from "./fake_centre.ts";
import { feedbackOf, stepOf } from "./items.ts";

const FAST = { firstMs: 1, longestMs: 4 };

function connect(centre: FakeCentre): Centre {
  return connectCentre({
    fetch: (request) => centre.app.fetch(request),
    address: "http://centre.test",
    key: EDGE_KEY,
  });
}

async function open(centre: FakeCentre, options: Partial<OutboxOptions> = {}, given?: OutboxStorage): Promise<Outbox> {
  const storage = given ?? sqliteOutboxStorage(":memory:");
  const outbox = await openOutbox(storage, {
    centre: connect(centre),
    now: () => 1000,
    random: () => 0.5,
    backoff: FAST,
    ...options,
  });
  return {
    ...outbox,
    async [Symbol.asyncDispose](): Promise<void> {
      await outbox[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

describe("openOutbox()", () => {
  it("hands over steps, judgements and ends", async () => {
    const centre = fakeCentre();
    await using outbox = await open(centre);
    await outbox.addSteps([stepOf(1), stepOf(2)]);
    deepEqual(await outbox.addFeedback([feedbackOf(1), feedbackOf(9)]), [
      { kind: "accepted", id: "feedback-1", status: "joined" },
      { kind: "accepted", id: "feedback-9", status: "early" },
    ]);
    await outbox.endEpisode({ id: "episode-1", agent: "desk", endedAt: 5, terminated: true });
    await outbox.drained();
    deepEqual([...centre.steps.values()], [stepOf(1), stepOf(2)]);
    deepEqual([...centre.feedback.values()], [feedbackOf(1), feedbackOf(9)]);
    equal(centre.ends.get("episode-1")!.endedAt, 5);
    const { pending, pendingBytes, sent, failures } = outbox.status();
    deepEqual({ pending, pendingBytes, sent, failures }, { pending: 0, pendingBytes: 0, sent: 5, failures: 0 });
  });

  it("answers repeats without sending them twice, and conflicts", async () => {
    const centre = fakeCentre();
    await using outbox = await open(centre);
    const [first, again, other] = await outbox.addFeedback([
      feedbackOf(1),
      feedbackOf(1, { id: "feedback-1b" }),
      feedbackOf(1, { id: "feedback-1c", value: false }),
    ]);
    equal(first.kind, "accepted");
    deepEqual(again, { kind: "duplicate", id: "feedback-1" });
    deepEqual(other, { kind: "conflict", id: "feedback-1" });
    await outbox.drained();
    equal(centre.feedback.size, 1);
    equal(centre.duplicates, 0);
  });

  it("sends in order, in batches, and goes on when the centre is back", async () => {
    const centre = fakeCentre();
    centre.away = () => new Response("away", { status: 503 });
    await using outbox = await open(centre, { batchItems: 7 });
    for (let n = 0; n < 50; n++) await outbox.addSteps([stepOf(n)]);
    equal(centre.steps.size, 0);
    equal(outbox.status().pending, 50);
    centre.away = undefined;
    await outbox.drained();
    deepEqual([...centre.steps.keys()], Array.from({ length: 50 }, (_, n) => stepOf(n).id));
  });

  it("counts nothing twice when the answer of the centre is lost", async () => {
    const centre = fakeCentre();
    let lost = 3;
    const { ingest } = connect(centre);
    const forgetful: Centre = {
      ...connect(centre),
      async ingest(batch): Promise<IngestResult> {
        const answer = await ingest(batch);
        if (lost-- > 0) throw new EddyError("store_unavailable", "Cannot read the answer");
        return answer;
      },
    };
    await using outbox = await open(centre, { centre: forgetful });
    await outbox.addFeedback([feedbackOf(1), feedbackOf(2)]);
    await outbox.drained();
    equal(centre.feedback.size, 2);
    equal(centre.duplicates, 6);
    equal(outbox.status().conflicts, 0);
  });

  it("sets a poisoned item aside, keeps it, and delivers all others in order", async () => {
    const centre = fakeCentre();
    const storage = sqliteOutboxStorage(":memory:");
    await using outbox = await open(centre, {}, storage);
    const steps = Array.from({ length: 33 }, (_, n) => stepOf(n, n === 20 ? { propensity: 2 } : {}));
    await outbox.addSteps(steps);
    await outbox.drained();
    equal(centre.steps.size, 32);
    equal(outbox.status().setAside, 1);
    const [{ item, reason }] = await storage.asides(10);
    deepEqual(item, { kind: "step", step: steps[20] });
    match(reason, /propensity/);
    deepEqual([...centre.steps.keys()], steps.filter(({ propensity }) => propensity === 1).map(({ id }) => id));
    await outbox.readmit();
    await outbox.drained();
    equal(outbox.status().setAside, 1, "it is still wrong");
  });

  it("does not take a key that is not let in for poison", async () => {
    const centre = fakeCentre();
    centre.away = () => new Response("who are you", { status: 401 });
    await using outbox = await open(centre);
    await outbox.addSteps([stepOf(1)]);
    while (outbox.status().failures < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    match(outbox.status().lastError!, /401/);
    equal(outbox.status().setAside, 0);
    centre.away = undefined;
    await outbox.drained();
    equal(centre.steps.size, 1);
  });

  it("refuses steps before judgements when it is full", async () => {
    const centre = fakeCentre();
    centre.away = () => new Response("away", { status: 503 });
    const bytes = JSON.stringify({ kind: "step", step: stepOf(1) }).length;
    await using outbox = await open(centre, { maximumBytes: bytes * 10 });
    for (let n = 0; n < 9; n++) await outbox.addSteps([stepOf(n)]);
    await rejects(outbox.addSteps([stepOf(10)]), { code: "overloaded" });
    equal((await outbox.addFeedback([feedbackOf(1)]))[0].kind, "accepted");
    while (outbox.status().pendingBytes < bytes * 10) await outbox.addFeedback([feedbackOf(outbox.status().pending)]);
    await rejects(outbox.addFeedback([feedbackOf(100)]), { code: "overloaded" });
    centre.away = undefined;
    await outbox.drained();
    equal((await outbox.addFeedback([feedbackOf(100)]))[0].kind, "accepted", "a refused key can come again");
  });

  it("finds what it kept after a restart", async () => {
    const path = await Deno.makeTempFile();
    const centre = fakeCentre();
    centre.away = () => new Response("away", { status: 503 });
    {
      await using outbox = await open(centre, {}, sqliteOutboxStorage(path));
      await outbox.addSteps([stepOf(1)]);
      await outbox.addFeedback([feedbackOf(1)]);
    }
    centre.away = undefined;
    {
      await using outbox = await open(centre, {}, sqliteOutboxStorage(path));
      deepEqual((await outbox.addFeedback([feedbackOf(1, { id: "later" })]))[0].kind, "duplicate");
      await outbox.drained();
      deepEqual([centre.steps.size, centre.feedback.size, centre.duplicates], [1, 1, 0]);
    }
    await rejects(
      (await open(centre, {}, sqliteOutboxStorage(path)).then(async (outbox) => {
        await outbox[Symbol.asyncDispose]();
        return outbox;
      })).addSteps([stepOf(2)]),
      { code: "store_unavailable" },
    );
    for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => undefined);
  });
});
