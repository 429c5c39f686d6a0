import { cpuUsage } from "node:process";
import type { PeerWork } from "./peer.ts";

/**
 * Does the work that each line of the input names, and writes the seconds of CPU time that this process took for it; ends
 * with the input, even where an engine's worker would go on.
 */
export async function serveWork(does: Readonly<Record<PeerWork, () => Promise<unknown>>>): Promise<never> {
  console.log("ready");
  for await (const words of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const work = words.trim() as PeerWork; // each line is asked after the answer to the last
    const start = cpuUsage();
    await does[work]();
    const { user, system } = cpuUsage(start);
    console.log((user + system) / 1e6);
  }
  Deno.exit();
}
