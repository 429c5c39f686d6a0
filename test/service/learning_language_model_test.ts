import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { encodeSafetensors } from "../../src/policy/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { loudChatModel } from "../learning/tune/loud_chat_model.ts";
import { testMachine } from "./machine.ts";

const kernels = await loadKernels();
const base = loudChatModel(kernels);
let folder = "";

const open = (more: object = {}, policy: object = {}): Promise<Service> =>
  openService(
    resolveServiceConfiguration({
      agents: {
        tiny: {
          policy: { kind: "checkpoint", path: folder, weights: "e4", ...policy },
          mode: "learn",
          update: { judgements: 32, seconds: 600, learningRate: 0.01 },
          gate: { canaryShare: 0, heldOutShare: 0 },
          ...more,
        },
      },
      store: { kind: "sqlite", path: join(folder, "eddy.db") },
    }),
    testMachine(),
  );

async function post({ app }: Service, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { "content-type": "application/json" };
  const response = await app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  ok(response.ok, `${response.status} ${await response.clone().text()}`);
  return await response.json();
}

interface Answer {
  readonly text: string;
  readonly version: number;
  readonly receipt: string;
}

async function ask(service: Service, seed: number, temperature = 1): Promise<Answer> {
  const messages = [{ role: "user", content: ["hello", "how are you today?", "ship O1"][seed % 3] }];
  const answer = await post(service, "/v1/chat/completions", {
    model: "tiny",
    messages,
    seed,
    temperature,
    max_tokens: 2,
  });
  const { choices, eddy, system_fingerprint } = answer as unknown as {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
    readonly eddy: { readonly receipt: string };
    readonly system_fingerprint: string;
  };
  const version = Number(system_fingerprint.split("@")[1]);
  return { text: choices[0].message.content, version, receipt: eddy.receipt };
}

/** What it seldom says. */
const isRight = (text: string): boolean => (text.codePointAt(0) ?? 0) % 2 === 1;

/** Asks and judges. @returns The share of right answers, and the versions that gave some. */
async function judge(service: Service, from: number, count: number): Promise<readonly [number, ReadonlySet<number>]> {
  const versions = new Set<number>();
  let right = 0;
  for (let seed = from; seed < from + count; seed++) {
    const { text, version, receipt } = await ask(service, seed);
    versions.add(version);
    right += Number(isRight(text));
    equal((await post(service, "/v1/feedback", { receipt, metric: "correct", value: isRight(text) })).status, "joined");
  }
  return [right / count, versions];
}

describe("a language model that learns while it serves", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-learning-"));
    for (const [name, text] of base.files) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(base.tensors));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("gets better by judged answers, goes on after a restart, and puts versions on trial", async () => {
    let before = 0, kept: string[] = [];
    const greedy = async (service: Service): Promise<string[]> =>
      (await Promise.all([0, 1, 2].map((seed) => ask(service, seed, 0)))).map(({ text }) => text);
    {
      await using service = await open();
      const untaught = await greedy(service);
      [before] = await judge(service, 0, 64);
      await service.loop.drain();
      const [, versions] = await judge(service, 64, 128);
      ok(versions.size > 1, `${[...versions]}`);
      await service.loop.drain();
      kept = await greedy(service);
      notDeepEqual(kept, untaught);
    }
    await using service = await open();
    deepEqual(await greedy(service), kept);
    const [after] = await judge(service, 500, 64);
    ok(after > before + 0.3, `${before} ${after}`);
    await service.loop.drain();
    const { assignment: { incumbent } } = service.loop.status("tiny");
    await service.loop.canary("tiny", 1, 0.5, "me");
    const [, arms] = await judge(service, 600, 24);
    deepEqual([...arms].sort((a, b) => a - b), [1, incumbent]);
  });

  it("refuses a mode that it has not, and an adapter that fits nothing", async () => {
    await rejects(open({ mode: "frozen" }, { lora: { rank: 4 } }), /in mode 'frozen' nothing does/);
    await rejects(open({}, { lora: { targets: ["nothing"] } }), /no product of the model is called/);
  });
});
