import { fileURLToPath } from "node:url";
import { EddyError } from "../../errors.ts";
import type { Peer } from "./peer.ts";

/**
 * Starts a peer's program and waits until its model is loaded and warm.
 *
 * @throws {EddyError} `worker_failed` If it ends.
 */
export async function startPeer(name: string, program: string, modules: string, model: string): Promise<Peer> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "--no-lock", "--quiet", "--location", "http://127.0.0.1/", file, modules, model],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  const line = async (): Promise<string> => {
    let said = "";
    while (!said.endsWith("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new EddyError("worker_failed", `Cannot run ${name}: ${firstLines(await complaints)}`);
      said += value;
    }
    return said.trim();
  };
  const end = async (): Promise<void> => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended by itself
    }
    await Promise.allSettled([child.status, complaints, reader.cancel(), writer.abort()]);
  };
  try {
    const said = await line();
    if (said !== "ready") throw new EddyError("worker_failed", `Cannot run ${name}: it says '${said.slice(0, 200)}'`);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    name,
    async measure(work): Promise<number> {
      await writer.write(new TextEncoder().encode(`${work}\n`));
      return Number(await line());
    },
    [Symbol.asyncDispose]: end,
  };
}

function firstLines(text: string): string {
  return text.trim().split("\n").slice(0, 3).join(" ").slice(0, 400) || "it said nothing";
}
