import { EddyError } from "../../errors.ts";

/** Releases that figures speak of; both bring a binary for one thread. */
export const PEER_VERSIONS = { "@wllama/wllama": "3.8.1", "onnxruntime-web": "1.31.0-dev.20260914-8d85527a0" } as const;

/**
 * Fetches the peers from npm into a folder; nothing of them runs at that.
 *
 * @returns Its `node_modules`.
 * @throws {EddyError} `worker_failed` If they cannot be fetched.
 */
export async function installPeers(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify({ private: true, dependencies: PEER_VERSIONS }));
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ nodeModulesDir: "auto" }));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    ...{ args: ["install", "--quiet"], cwd: folder, stdin: "null", env: { NO_COLOR: "1" } },
  }).output();
  if (success) return `${folder}/node_modules`;
  const [reason] = new TextDecoder().decode(stderr).split("Stack backtrace");
  throw new EddyError("worker_failed", `Cannot fetch the peers: ${reason.trim().replace(/\s+/g, " ")}`);
}
