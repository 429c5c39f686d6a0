import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  adapterTensors,
  encodeSafetensors,
  initializeTransformer,
  type JsonObject,
  openAdapter,
  readModelConfig,
  saveCheckpoint,
  writeLoraConfig,
} from "../../src/policy/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { tinyChatModel } from "../policy/tiny_chat_model.ts";
import { testMachine } from "./machine.ts";

const kernels = await loadKernels();
const base = tinyChatModel(kernels);
const HELLO = [{ role: "user", content: "hello" }];
/** The token that ends an answer, never. */
const NO_END = { logit_bias: { 1: -100 } };
let folder = "";

/** Writes a version of an adapter whose numbers are drawn by its seed. */
function writeVersion(name: string, version: number, seed: number): void {
  const config = readModelConfig(JSON.parse(base.files.get("config.json")!) as JsonObject);
  const { model } = initializeTransformer(kernels, config, 1);
  const lora = { rank: 2, alpha: 64, targetModules: ["q_proj", "v_proj", "down_proj"] };
  const adapter = openAdapter(model, config, lora);
  const numbers = Float32Array.from({ length: adapter.parameterCount }, (_, i) => Math.sin(seed * 97 + i * 1.7));
  const tensors = adapterTensors(adapter, numbers);
  model.free();
  const files = new Map([["adapter_config.json", JSON.stringify(writeLoraConfig(lora, false))]]);
  saveCheckpoint(join(folder, name), { kind: "transformer", version, tensors, files });
}

const open = (adapters: Record<string, string>): Promise<Service> => openModel(folder, adapters);

const openModel = (path: string, adapters?: Record<string, string>): Promise<Service> =>
  openService(
    resolveServiceConfiguration({
      agents: { tiny: { policy: { kind: "checkpoint", path, adapters }, mode: "frozen" } },
      store: { kind: "sqlite", path: join(folder, "eddy.db") },
    }),
    testMachine(),
  );

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly fingerprint: string;
  readonly receipt: string;
  readonly message: string;
}

async function ask({ app }: Service, model: string, seed = 1): Promise<Answer> {
  const response = await app.request("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: HELLO, seed, max_tokens: 40, temperature: 0, ...NO_END }),
  });
  const { choices, system_fingerprint: fingerprint, eddy, error } = await response.json();
  return {
    status: response.status,
    ...{ text: choices?.[0].message.content, fingerprint, receipt: eddy?.receipt, message: error?.message },
  };
}

describe("openService() with adapters beside a language model", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-adapters-"));
    for (const [name, text] of base.files) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(base.tensors));
    writeVersion("first", 1, 1);
    writeVersion("second", 7, 2);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("answers each by its own name, all at once as one after the other, and keeps judgements", async () => {
    await using service = await open({ first: join(folder, "first"), second: join(folder, "second") });
    const names = ["tiny", "tiny:first", "tiny:second", "tiny:second@7"];
    const alone: Answer[] = [];
    for (const name of names) alone.push(await ask(service, name));
    equal(new Set(alone.map(({ text }) => text)).size, 3);
    equal(alone[2].text, alone[3].text);
    const texts = (answers: readonly Answer[]): string[] => answers.map(({ text }) => text);
    deepEqual(texts(await Promise.all(names.map((name) => ask(service, name)))), texts(alone));
    deepEqual(alone.map(({ fingerprint }) => fingerprint), [
      "tiny@0",
      "tiny:first@1",
      "tiny:second@7",
      "tiny:second@7",
    ]);
    const { data } = await (await service.app.request("/v1/models")).json();
    deepEqual(data.map(({ id }: { id: string }) => id), [
      "tiny",
      "tiny:first",
      "tiny:first@1",
      "tiny:second",
      "tiny:second@7",
    ]);
    const judged = await service.app.request("/v1/feedback", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ receipt: alone[1].receipt, metric: "correct", value: true }),
    });
    equal((await judged.json()).status, "joined");
    equal((await service.store.feedback.counts("tiny:first")).joined, 1);
    const decided = await service.app.request("/v1/decisions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ agent: "tiny:first", text: "hello", candidates: ["yes", "no"] }),
    });
    equal(decided.status, 200);
    for (const name of ["tiny:third", "tiny:first@2", "tiny@1"]) {
      const { status, message } = await ask(service, name);
      equal(status, 404);
      match(message, /there is no agent '.*'; did you mean '.*'\? \(tiny, tiny:first, tiny:first@1, tiny:second, /);
    }
  });

  it("takes up a new version while requests run, and none of them fails", async () => {
    await using service = await open({ first: join(folder, "first") });
    const before = await ask(service, "tiny:first");
    const running = Array.from({ length: 6 }, (_, i) => ask(service, i % 2 ? "tiny:first" : "tiny", i));
    const stream = await service.app.request("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "tiny:first",
        messages: HELLO,
        stream: true,
        max_tokens: 40,
        temperature: 0,
        ...NO_END,
      }),
    });
    const chunks = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    const heard = [(await chunks.read()).value];
    writeVersion("first", 2, 5);
    for (let i = 0; i < 100 && (await ask(service, "tiny:first@2")).status !== 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const { status } of await Promise.all(running)) equal(status, 200);
    for (let next = await chunks.read(); !next.done; next = await chunks.read()) heard.push(next.value);
    const told = heard.join("").split("\n\n").filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice(6)));
    // What was begun by one version is written to its end by it.
    equal(told.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), before.text);
    equal(told[0].system_fingerprint, "tiny:first@1");
    const after = await ask(service, "tiny:first");
    equal(after.fingerprint, "tiny:first@2");
    notEqual(after.text, before.text);
    equal((await ask(service, "tiny:first@1")).text, before.text);
    for (let version = 3; version < 6; version++) writeVersion("first", version, version);
    writeFileSync(join(folder, "first", "latest"), "00000009-0123456789abcdef\n");
    await new Promise((resolve) => setTimeout(resolve, 1300));
    // What cannot be read changes nothing.
    equal((await ask(service, "tiny:first")).text, after.text);
    equal((await service.app.request("/ready")).status, 503);
  });

  it("refuses at the start what is not LoRA, by the adapter's name", async () => {
    const at = join(folder, "first", readFileSync(join(folder, "first", "latest"), "utf8").trim());
    const config = JSON.parse(readFileSync(join(at, "adapter_config.json"), "utf8"));
    mkdirSync(join(folder, "bare"));
    copyFileSync(join(at, "adapter_model.safetensors"), join(folder, "bare", "adapter_model.safetensors"));
    const write = (change: object): void =>
      writeFileSync(join(folder, "bare", "adapter_config.json"), JSON.stringify({ ...config, ...change }));
    write({ use_dora: true });
    await rejects(open({ bare: join(folder, "bare") }), ({ code, message }) => {
      match(message, /'tiny:bare'.*'use_dora'/);
      return code === "model_unsupported";
    });
    write({});
    await using service = await open({ bare: join(folder, "bare") });
    ok((await ask(service, "tiny:bare")).text);
    await rejects(openModel(join(folder, "first")), {
      code: "model_unsupported",
      message: /by itself: it is an adapter/,
    });
    await rejects(open({ none: join(folder, "none") }), { code: "checkpoint_missing" });
  });
});
