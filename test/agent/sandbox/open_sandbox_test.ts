import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import {
  openSandbox,
  type SandboxEnd,
  type SandboxHost,
  type SandboxLimits,
  sandboxLimits,
  type SandboxProcess,
  type SandboxRequest,
} from "../../../src/agent/mod.ts";

const now = (): number => performance.now();
const line = (answer: unknown): string => `${JSON.stringify(answer)}\n`;

interface FakeLog {
  started: number;
  running: number;
  closed: number;
  limits?: SandboxLimits;
}

/** Processes that do what a test tells them; `answer` gives the text that follows a request, or ends the process. */
function fakeHost(
  answer: (request: SandboxRequest, process: number) => string | SandboxEnd,
  first = line({ kind: "ready" }),
): { host: SandboxHost; log: FakeLog } {
  const log: FakeLog = { started: 0, running: 0, closed: 0 };
  const host: SandboxHost = {
    start(limits): SandboxProcess {
      log.limits = limits;
      const index = log.started++;
      log.running++;
      const { promise: ended, resolve } = Promise.withResolvers<SandboxEnd>();
      const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
      let sink: ReadableStreamDefaultController<Uint8Array> | undefined;
      const end = (how: SandboxEnd): void => {
        if (!sink) return;
        try {
          sink.close();
        } catch { /* nobody reads any more */ }
        sink = undefined;
        log.running--;
        resolve(how);
      };
      const output = new ReadableStream<Uint8Array>({
        start(controller): void {
          sink = controller;
          if (first) controller.enqueue(encoder.encode(first));
        },
      });
      const input = new WritableStream<Uint8Array>({
        write(chunk): void {
          const said = answer(JSON.parse(decoder.decode(chunk)), index);
          if (typeof said !== "string") end(said);
          else if (said) sink?.enqueue(encoder.encode(said));
        },
      });
      return { input, output, ended, kill: () => end({ code: 137, complaint: "" }) };
    },
    close: () => (log.closed++, Promise.resolve()),
  };
  return { host, log };
}
const value = (given: unknown): string => line({ kind: "value", value: given });

describe("openSandbox()", () => {
  it("is refused where there are no processes", () =>
    rejects(openSandbox({ host: undefined, now }), { code: "sandbox_unavailable", message: /has no processes; run/ }));

  it("says why when a process does not start, and leaves none", async () => {
    const silent = fakeHost(() => "", "");
    await rejects(openSandbox({ host: silent.host, now, limits: { startMs: 5 } }), {
      code: "sandbox_unavailable",
      message: /not ready within 5 ms/,
    });
    const odd = fakeHost(() => "", "welcome\n");
    await rejects(openSandbox({ host: odd.host, now }), { code: "sandbox_unavailable" });
    deepEqual([silent.log.running, odd.log.running, silent.log.closed], [0, 0, 1]);
  });

  it("gives a request what it was called with, and every process its limits", async () => {
    const { host, log } = fakeHost((request) => value(request));
    const sandbox = await openSandbox({ host, now, size: 3, limits: { heapMiB: 20, outputBytes: 500 } });
    deepEqual(await sandbox.call("f", { a: [1] }, { seed: 4, clockMs: 5 }), {
      kind: "value",
      value: { code: "f", argumentsJson: '{"a":[1]}', seed: 4, clockMs: 5, outputBytes: 500 },
    });
    deepEqual([log.started, log.limits], [3, sandboxLimits({ heapMiB: 20, outputBytes: 500 })]);
    await sandbox.close();
    deepEqual([log.running, log.closed], [0, 1]);
  });

  it("replaces a process after anything but a value or an error", async () => {
    const bad: Record<string, [answer: string | SandboxEnd, kind: string]> = {
      silent: ["", "timeout"],
      dead: [{ code: 9, complaint: "" }, "killed"],
      full: [{ code: 133, complaint: "Fatal JavaScript out of memory: Reached heap limit" }, "memory"],
      garbled: ["what?\n", "killed"],
      unknown: [line({ kind: "root" }), "killed"],
      ready: [line({ kind: "ready" }), "killed"],
      flood: ["x".repeat(5000), "output"],
    };
    const { host, log } = fakeHost(({ code }) =>
      code in bad ? bad[code][0] : line({ kind: "thrown", name: "E", message: "" })
    );
    const sandbox = await openSandbox({ host, now, size: 1, limits: { outputBytes: 1000, deadlineMs: 20 } });
    let started = 1;
    for (const [code, [, kind]] of Object.entries(bad)) {
      equal((await sandbox.call(code, 0)).kind, kind, code);
      deepEqual((await sandbox.call("ok", 0, { deadline: 1000 })).kind, "thrown");
      equal(log.started, ++started);
      equal(log.running, 1);
    }
    await sandbox.close();
  });

  it("replaces a process that has made its share of calls", async () => {
    const { host, log } = fakeHost((_, process) => value(process));
    const sandbox = await openSandbox({ host, now, size: 1, limits: { calls: 2 } });
    const by: unknown[] = [];
    for (let index = 0; index < 5; index++) by.push(await sandbox.call("f", 0));
    deepEqual(by.map((result) => (result as { value: number }).value), [0, 0, 1, 1, 2]);
    await sandbox.close();
    equal(log.running, 0);
  });

  it("lets calls wait in line, but not for long", async () => {
    const { host } = fakeHost(({ code }) => code === "never" ? "" : value(code));
    const sandbox = await openSandbox({ host, now, size: 2, limits: { waitMs: 50 } });
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => sandbox.call(`${index}`, 0)));
    deepEqual(many.map((result) => (result as { value: string }).value), many.map((_, index) => `${index}`));
    const stuck = [1, 2].map(() => sandbox.call("never", 0, { deadline: 200 }));
    await rejects(sandbox.call("f", 0), { code: "overloaded", message: /within 50 ms/ });
    deepEqual((await Promise.all(stuck)).map(({ kind }) => kind), ["timeout", "timeout"]);
    await sandbox.close();
  });

  it("starts again when it is asked again after it could not", async () => {
    let broken = false;
    const { host, log } = fakeHost(({ code }) => code === "die" ? { code: 1, complaint: "" } : value(1));
    const failing: SandboxHost = {
      ...host,
      start(limits): SandboxProcess {
        if (broken) throw new Error("no more processes");
        return host.start(limits);
      },
    };
    const sandbox = await openSandbox({ host: failing, now, size: 1 });
    broken = true;
    equal((await sandbox.call("die", 0)).kind, "killed");
    await rejects(sandbox.call("f", 0), { code: "sandbox_unavailable", message: /no more processes/ });
    broken = false;
    equal((await sandbox.call("f", 0)).kind, "value");
    await sandbox.close();
    equal(log.running, 0);
  });

  it("closes in the middle of calls, and refuses later ones", async () => {
    const { host, log } = fakeHost(() => "");
    const sandbox = await openSandbox({ host, now, size: 1, limits: { deadlineMs: 10_000 } });
    const [running, waiting] = [sandbox.call("f", 0), sandbox.call("g", 0)];
    const refused = rejects(waiting, { code: "interrupted" });
    await sandbox.close();
    await refused;
    equal((await running).kind, "killed");
    await rejects(sandbox.call("f", 0), { code: "interrupted" });
    await sandbox.close();
    equal(log.running, 0);
  });

  it("refuses what it cannot be called with", async () => {
    const { host } = fakeHost(() => value(1));
    const sandbox = await openSandbox({ host, now, size: 1, limits: { inputUnits: 20 } });
    await rejects(sandbox.call("f", undefined), /undefined is no JSON/);
    await rejects(sandbox.call("f", "x".repeat(20)), { code: "request_invalid", message: /23 units are more than 20/ });
    await rejects(sandbox.call("f", 1, { deadline: 0 }), /deadline is 0 ms/);
    await sandbox.close();
    await rejects(openSandbox({ host, now, size: 0 }), /size is 0/);
  });
});

describe("sandboxLimits()", () => {
  it("fills what is not given, and refuses what no process can live with", () => {
    const { heapMiB, deadlineMs } = sandboxLimits({ heapMiB: 32 });
    ok(heapMiB === 32 && deadlineMs > 0);
    for (const wrong of [{ heapMiB: 1 }, { calls: 0 }, { calls: 1.5 }, { outputBytes: NaN }, { heap: 64 }]) {
      throws(() => sandboxLimits(wrong as Partial<SandboxLimits>), RangeError);
    }
  });
});
