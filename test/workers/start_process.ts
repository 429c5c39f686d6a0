/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:…` */
  readonly address: string;
  /** Ends it; nothing of it runs any more when this resolves. */
  end(): Promise<void>;
}

/** How a process is started and ended. */
export interface ProcessOptions {
  /** What follows `deno run -A`. */
  readonly words: readonly string[];
  /** Of its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** `kill`: with SIGKILL, it can tidy up nothing. `close`: by closing its standard input. */
  readonly ending: "kill" | "close";
}

/** Starts a program and waits until it says where it listens. @throws {Error} With what it said if it ends before. */
export async function startProcess({ words, variables, ending }: ProcessOptions): Promise<ServerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...words],
    env: { ...variables, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let address: string | undefined;
  while (!address) {
    const { value, done } = await reader.read();
    if (done) {
      await child.stdin.close().catch(() => undefined);
      throw new Error(`Cannot start ${words[0]}: code ${(await child.status).code}, ${said}`);
    }
    said += value;
    address = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
  }
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    if (ending === "kill") child.kill("SIGKILL");
    await child.stdin.close().catch(() => undefined);
    await child.status;
    while (!(await reader.read()).done);
  };
  return { address, end: () => ended ??= end() };
}
