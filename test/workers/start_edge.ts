import { fileURLToPath } from "node:url";

/** An edge in a process of its own. */
export interface EdgeProcess {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  /** Ends it with SIGKILL: it can tidy up nothing. */
  kill(): Promise<void>;
}

/** Starts `workers/edge.ts`. @param folder Where its configuration is written. */
export async function startEdge(folder: string, variables: Record<string, string>): Promise<EdgeProcess> {
  const path = `${folder}/eddy.config.json`;
  await Deno.writeTextFile(path, variables.EDDY_CONFIGURATION);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fileURLToPath(new URL("../../workers/edge.ts", import.meta.url))],
    env: { ...variables, EDDY_CONFIGURATION: path },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let address: string | undefined;
  while (!address) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Cannot start an edge: it ended with ${(await child.status).code}`);
    said += value;
    address = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
  }
  let ended = false;
  return {
    address,
    async kill() {
      if (ended) return;
      ended = true;
      child.kill("SIGKILL");
      await child.status;
      while (!(await reader.read()).done);
    },
  };
}
