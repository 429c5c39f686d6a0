import { describe, it } from "@std/testing/bdd";
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./_interruptible.ts", import.meta.url));

/** Starts the program, sends it Ctrl-C when it has begun, and again when it has answered, if it goes on. */
async function interrupted(...words: string[]): Promise<{ code: number; signal: string | null; err: string }> {
  const out = await Deno.makeTempDir();
  const args = ["run", "-A", program, out, ...words];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" }).spawn();
  const begun = child.stdout.getReader();
  await begun.read();
  child.kill("SIGINT");
  let err = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    err += text;
    if (words.includes("busy") && err.includes("Stopping")) child.kill("SIGINT");
  }
  await begun.cancel();
  const { code, signal } = await child.status;
  await Deno.remove(out, { recursive: true });
  return { code, signal, err };
}

describe("Ctrl-C", () => {
  it("stops a run with 130 and says how to go on", async () => {
    const { code, err } = await interrupted();
    equal(code, 130);
    match(
      err,
      /^Stopping after this update.*\nerror: Cannot finish: interrupted; go on with 'deno task train --resume /,
    );
  });

  it("pressed twice ends a program that is busy", async () => {
    const { code, signal } = await interrupted("busy");
    equal(code, 130);
    equal(signal, "SIGINT");
  });
});
