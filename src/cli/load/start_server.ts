import { fileURLToPath } from "node:url";
import { EddyError } from "../../errors.ts";

/** A server in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  readonly hostname: string;
  readonly port: number;
  /** `http://127.0.0.1:8000` */
  readonly address: string;
  /** Ends it as a power cut would: nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
  /** Asks it to end, and kills it when it does not. @param signal `SIGINT` unless given. @returns Its exit code. */
  stop(signal?: "SIGINT" | "SIGTERM"): Promise<number>;
}

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

/**
 * Starts `eddy serve` and waits until it listens.
 *
 * @param words What follows `serve`. @param variables Of its environment.
 * @throws {EddyError} `worker_failed` If it ends or is silent.
 */
export async function startServer(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  return await startProgram(new URL("../main.ts", import.meta.url), ["serve", ...words, "--quiet"], variables);
}

/** Starts a program that says in its first line at which `http://` address it listens. @throws As `startServer`. */
export async function startProgram(
  program: URL,
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(program), ...words],
    env: { ...variables, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = collect(child.stderr);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const timer = setTimeout(() => end(child, "SIGKILL"), START_DEADLINE_MS);
  let said = "";
  let found: RegExpExecArray | null = null;
  while (!found) {
    const { value, done } = await reader.read();
    if (done) break;
    said += value;
    found = /http:\/\/([\d.]+):(\d+)/.exec(said);
  }
  clearTimeout(timer);
  if (!found) {
    await child.status;
    throw new EddyError("worker_failed", `Cannot start a server: ${(await complaints).trim() || "it said nothing"}`);
  }
  const drained = drain(reader);
  const ended = async (): Promise<number> => {
    const { code } = await child.status;
    await Promise.all([drained, complaints]);
    return code;
  };
  return {
    pid: child.pid,
    hostname: found[1],
    port: Number(found[2]),
    address: found[0],
    async kill(): Promise<void> {
      end(child, "SIGKILL");
      await ended();
    },
    async stop(signal = "SIGINT"): Promise<number> {
      end(child, signal);
      const timer = setTimeout(() => end(child, "SIGKILL"), STOP_DEADLINE_MS);
      const code = await ended();
      clearTimeout(timer);
      return code;
    },
  };
}

function end(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended by itself
  }
}

async function drain(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}

async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) text = (text + part).slice(-4000);
  return text;
}
