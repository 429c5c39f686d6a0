import { describe, it } from "@std/testing/bdd";
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadKernels } from "../../src/kernels/mod.ts";
import { saveRun, train } from "../../src/learning/mod.ts";
import { tinyDesk } from "../learning/tiny.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

describe("eddy serve", () => {
  it("answers over a real port and ends at Ctrl-C", async () => {
    const out = await Deno.makeTempDir();
    const configuration = tinyDesk(out);
    await train(configuration, {
      kernels: await loadKernels(),
      now: () => 0,
      onEvent: () => {},
      save: (snapshot, state) => Promise.resolve(saveRun(configuration, snapshot, state)),
    });
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", main, "serve", out, "--port", "0"],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) break;
      said += value;
    }
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    const response = await fetch(`${address}/v1/decisions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ turns: [{ role: "user", text: "close ticket T69" }] }),
    });
    equal(response.status, 200);
    match(String((await response.json()).action), /^<tool_call>\{"name": /);
    child.kill("SIGINT");
    await reader.cancel();
    equal((await child.status).code, 0);
    await Deno.remove(out, { recursive: true });
  });
});
