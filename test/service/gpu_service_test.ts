import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import type { Device } from "../../src/policy/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { softwareAdapter } from "../policy/software_adapter.ts";
import { tinyChatGguf } from "../policy/tiny_chat_gguf.ts";
import { testMachine } from "./machine.ts";

const kernels = await loadKernels();
const { device, reason } = await softwareAdapter();
device?.destroy();
if (!device) console.log(`serving on a GPU is skipped: ${reason}`);
let folder = "";

function open(device: Device): Promise<Service> {
  const policy = { kind: "checkpoint" as const, path: join(folder, "tiny.gguf"), weights: "q8" as const, device };
  return openService(
    resolveServiceConfiguration({
      agents: { tiny: { policy, mode: "frozen" } },
      store: { kind: "sqlite", path: join(folder, `${device}.db`) },
    }),
    testMachine(),
  );
}

async function ask({ app }: Service, content: string): Promise<string> {
  const response = await app.fetch(
    new Request("http://eddy.test/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "tiny", messages: [{ role: "user", content }], seed: 5, max_tokens: 8 }),
    }),
  );
  const body = await response.json();
  ok(response.ok, JSON.stringify(body));
  return body.choices[0].message.content;
}

describe("openService() with a language model on a device", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-gpu-service-"));
    writeFileSync(join(folder, "tiny.gguf"), tinyChatGguf(kernels, 3));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  (device ? it : it.skip)("answers several at once as each alone", async () => {
    await using service = await open("webgpu");
    const questions = ["hello", "hello there", "which way?"];
    const together = await Promise.all(questions.map((each) => ask(service, each)));
    const alone: string[] = [];
    for (const each of questions) alone.push(await ask(service, each));
    deepEqual(together, alone);
  });

  it("takes the processor where that is asked for or the adapter is software, with the same answers", async () => {
    const said: string[] = [];
    for (const device of ["cpu", "auto"] as const) {
      await using service = await open(device);
      said.push(await ask(service, "hello"));
    }
    equal(said[0], said[1]);
  });

  it("refuses devices that it does not know", async () => {
    await rejects(Promise.resolve().then(() => open("gpu" as "cpu")), { message: /'agents.tiny.policy.device'/ });
  });
});
