import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSpeechReplay } from "../../src/agent/mod.ts";
import { openEdgeService } from "../../src/cli/serving/open_edge_service.ts";
import { serveAtEdge } from "../../src/cli/serving/serve_at_edge.ts";
import { type Edge, sqliteOutboxStorage } from "../../src/edge/mod.ts";
import type { App } from "../../src/http/mod.ts";
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
import { openService, resolveServiceConfiguration } from "../../src/service/mod.ts";
import { tinyChatModel } from "../policy/tiny_chat_model.ts";
import { testMachine } from "../service/machine.ts";

const kernels = await loadKernels();
const base = tinyChatModel(kernels);
let folder = "";

/** Writes a version of an adapter whose numbers are drawn by its seed. */
function writeVersion(version: number, seed: number): void {
  const config = readModelConfig(JSON.parse(base.files.get("config.json")!) as JsonObject);
  const { model } = initializeTransformer(kernels, config, 1);
  const lora = { rank: 2, alpha: 64, targetModules: ["q_proj", "v_proj", "down_proj"] };
  const adapter = openAdapter(model, config, lora);
  const numbers = Float32Array.from({ length: adapter.parameterCount }, (_, i) => Math.sin(seed * 97 + i * 1.7));
  const tensors = adapterTensors(adapter, numbers);
  model.free();
  const files = new Map([["adapter_config.json", JSON.stringify(writeLoraConfig(lora, false))]]);
  saveCheckpoint(join(folder, "first"), { kind: "transformer", version, tensors, files });
}

const configurationOf = (centre?: string): ReturnType<typeof resolveServiceConfiguration> =>
  resolveServiceConfiguration({
    agents: {
      tiny: {
        policy: {
          ...{ kind: "checkpoint", path: join(folder, "model"), weights: "e4" },
          // Where adapters are is the centre's affair: an edge has only their names.
          adapters: { first: centre ? join(folder, "nowhere") : join(folder, "first") },
        },
        mode: "frozen",
      },
    },
    store: { kind: "sqlite", path: join(folder, "centre.db") },
    ...(centre && { edge: { centre } }),
  });

const openEdge = (centre: string): Promise<Edge> =>
  openEdgeService(
    configurationOf(centre),
    { ...testMachine(centre.length), serveModels: serveAtEdge },
    sqliteOutboxStorage(join(folder, "outbox.db")),
  );

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly fingerprint: string;
  readonly step: string;
}

async function ask({ app }: { readonly app: App }, model: string): Promise<Answer> {
  const response = await app.request("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ model, messages: [{ role: "user", content: "hello" }], seed: 1, max_tokens: 30, temperature: 0 },
      logit_bias: { 1: -100 },
    }),
  });
  const { choices, system_fingerprint: fingerprint, eddy } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, fingerprint, step: eddy?.step };
}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!await holds()) {
    ok(performance.now() < deadline, "it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe("adapters at edges", () => {
  it("answer as at the centre, take up new versions under load, and stay while the centre is away", async () => {
    folder = mkdtempSync(join(tmpdir(), "eddy-edge-"));
    try {
      saveModel();
      writeVersion(1, 1);
      let address = "", last: Answer;
      {
        await using centre = await openService(configurationOf(), testMachine());
        await using server = Deno.serve(
          { hostname: "127.0.0.1", port: 0, onListen: () => {} },
          (request) => centre.app.fetch(request),
        );
        address = `http://127.0.0.1:${server.addr.port}`;
        await using edge = await openEdge(address);
        deepEqual(edge.status().centre.versions, { tiny: 0, "tiny:first": 1 });
        for (const name of ["tiny", "tiny:first", "tiny:first@1"]) {
          const [here, there] = [await ask(edge, name), await ask(centre, name)];
          deepEqual([here.status, here.text, here.fingerprint], [200, there.text, there.fingerprint]);
        }
        // What an edge answered is a step of the centre, its tokens included.
        const { step } = await ask(edge, "tiny:first");
        await edge.drained();
        const kept = await centre.store.steps.get(step);
        equal(kept!.agent, "tiny:first");
        ok(readSpeechReplay(kept!).tokens.length > 0);

        const answers: Answer[] = [];
        let isLoading = true;
        const load = Array.from({ length: 3 }, async () => {
          while (isLoading) answers.push(await ask(edge, "tiny:first"));
        });
        writeVersion(2, 5);
        await until(() => answers.at(-1)?.fingerprint === "tiny:first@2");
        isLoading = false;
        await Promise.all(load);
        deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        const texts = new Map(answers.map(({ fingerprint, text }) => [fingerprint, text]));
        ok(answers.every(({ fingerprint, text }) => texts.get(fingerprint) === text), "an answer is of one version");
        equal(texts.get("tiny:first@2"), (await ask(centre, "tiny:first")).text);
        ok(texts.get("tiny:first@2") !== (await ask(centre, "tiny:first@1")).text);
        // What was kept for a restart when the edge was opened.
        await until(() => edge.status().centre.kept["tiny:first"] === 1);
        last = await ask(edge, "tiny:first@1");
        centre.app[Symbol.dispose]();
      }
      await using edge = await openEdge(address);
      const again = await ask(edge, "tiny:first");
      deepEqual([again.status, again.text, again.fingerprint], [200, last.text, "tiny:first@1"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are told to be missing before the first version has come", async () => {
    folder = mkdtempSync(join(tmpdir(), "eddy-edge-"));
    try {
      saveModel();
      await using edge = await openEdge("http://127.0.0.1:9");
      equal((await ask(edge, "tiny")).status, 200);
      equal((await ask(edge, "tiny:first")).status, 404);
      const { data } = await (await edge.app.request("/v1/models")).json();
      deepEqual(data.map(({ id }: { readonly id: string }) => id), ["tiny"]);
      const ready = await edge.app.request("/ready");
      deepEqual([ready.status, /no version is kept/.test(await ready.text())], [503, true]);
      await openEdgeService(configurationOf("http://127.0.0.1:9"), testMachine(), sqliteOutboxStorage(":memory:")).then(
        () => ok(false, "an edge that serves no models was opened"),
        ({ code, message }) => {
          equal(code, "configuration_invalid");
          match(message, /'tiny' is a checkpoint/);
        },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function saveModel(): void {
  const at = join(folder, "model");
  Deno.mkdirSync(at);
  for (const [name, text] of base.files) writeFileSync(join(at, name), text);
  writeFileSync(join(at, "model.safetensors"), encodeSafetensors(base.tensors));
}
