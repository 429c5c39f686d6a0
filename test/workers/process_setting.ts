import type { EdgeSetting } from "../edge/conformance.ts";
import { edgeVariables, listeningCentre } from "./edge_setting.ts";
import { type ServerProcess, startProcess } from "./start_process.ts";

/** A centre and an edge of it in a process. @param start Starts it on a folder that is its own. */
export async function processSetting(
  start: (folder: string, variables: Record<string, string>) => Promise<ServerProcess>,
): Promise<EdgeSetting> {
  const listening = await listeningCentre();
  const folder = await Deno.makeTempDir();
  const begin = (): Promise<ServerProcess> => start(folder, edgeVariables(listening.address, `${folder}/outbox.db`));
  let process = await begin();
  return {
    centre: listening.centre,
    edge: {
      fetch: (path, init) => fetch(`${process.address}${path}`, init),
      async restart(): Promise<void> {
        await process.end();
        process = await begin();
      },
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await process.end();
      await listening[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Starts `workers/edge.ts`; it ends by SIGKILL. */
export async function startDenoEdge(folder: string, variables: Record<string, string>): Promise<ServerProcess> {
  const path = `${folder}/eddy.config.json`;
  await Deno.writeTextFile(path, variables.EDDY_CONFIGURATION);
  const entry = new URL("../../workers/edge.ts", import.meta.url).href;
  return await startProcess({ words: [entry, path], variables, ending: "kill" });
}
