import { describe, it } from "@std/testing/bdd";
import { equal, match, ok, rejects } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { encodeSafetensors } from "../../src/policy/mod.ts";
import { openService, resolveServiceConfiguration, type Service } from "../../src/service/mod.ts";
import { tinyChatModel } from "../policy/tiny_chat_model.ts";
import { testMachine } from "./machine.ts";

describe("openService() with a language model from elsewhere", () => {
  it("answers, keeps judgements, and goes on after it was closed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eddy-model-"));
    try {
      const { tensors, files } = tinyChatModel(await loadKernels());
      for (const [name, text] of files) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, "model.safetensors"), encodeSafetensors(tensors));
      const configured = (mode: "frozen" | "shadow"): ReturnType<typeof resolveServiceConfiguration> =>
        resolveServiceConfiguration({
          agents: { tiny: { policy: { kind: "checkpoint", path: folder }, mode } },
          store: { kind: "sqlite", path: join(folder, "eddy.db") },
        });
      const answers: string[] = [];
      for (let time = 0; time < 2; time++) {
        await using service = await openService(configured("frozen"), testMachine());
        const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
          const request = {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          };
          return await (await service.app.request(path, request)).json();
        };
        const messages = [{ role: "user", content: "hello" }];
        const answer = await post("/v1/chat/completions", { model: "tiny", messages, seed: 1, max_tokens: 8 });
        const { eddy, choices } = answer as unknown as {
          readonly eddy: { readonly receipt: string };
          readonly choices: readonly { readonly message: { readonly content: string } }[];
        };
        answers.push(choices[0].message.content);
        const judged = await post("/v1/feedback", { receipt: eddy.receipt, metric: "correct", value: true });
        equal(judged.status, "joined");
        equal(await stepsKept(service), time + 1);
      }
      equal(answers[0], answers[1]);
      ok(answers[0].length > 0);
      await rejects(openService(configured("shadow"), testMachine()), ({ code, message }) => {
        match(message, /has no mode 'shadow'; use 'frozen', or 'learn'/);
        return code === "configuration_invalid";
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

async function stepsKept({ store }: Service): Promise<number> {
  return (await store.feedback.counts("tiny")).joined;
}
