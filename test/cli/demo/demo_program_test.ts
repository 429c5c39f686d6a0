import { describe, it } from "@std/testing/bdd";
import { equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** Runs `eddy demo` in a folder of its own; at a line that matches, presses Ctrl-C. */
async function demo(words: readonly string[], at: RegExp): Promise<{ code: number; out: string; kept: boolean }> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-test-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", MAIN, "demo", "--port", "0", "--out", `${folder}/demo`, ...words],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let [out, pressed] = ["", false];
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      if (!pressed && at.test(out)) {
        pressed = true;
        child.kill("SIGINT");
      }
    }
    const { size } = await Deno.stat(`${folder}/demo/eddy.db`);
    return { code: (await child.status).code, out, kept: size > 0 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("eddy demo, the program", () => {
  it("writes only JSON where that is asked for, and ends with what it came to, stopped or not", async () => {
    const { code, out, kept } = await demo(["--json"], /"event":"publication".*\n/);
    equal(code, 0);
    ok(kept);
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    const { event, before, after, judged, total } = events.at(-1);
    equal(event, "done");
    ok(before >= 0 && before <= 1 && after >= 0 && after <= 1);
    ok(judged > 0 && judged < total && total === 3000);
  });

  it("says where it was stopped, what it had come to, and where that is kept", async () => {
    const { code, out } = await demo([], /\d+ of 3000 judged/);
    equal(code, 0);
    match(out, /^Eddy demo: .*\ndashboard http:\/\/127\.0\.0\.1:\d+\n/);
    match(out, /\nStopped after [\d,]+ of 3,000 judged steps\.\n/);
    match(out, /\n {2}kept in {4}.*eddy\.db\n/);
    ok(!out.includes("\x1b"));
  });
});
