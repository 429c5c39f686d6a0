import { fileURLToPath } from "node:url";
import { EddyError } from "../errors.ts";
import type { SandboxEnd, SandboxHost, SandboxLimits, SandboxProcess } from "../agent/mod.ts";

/** How much of what a process complains of is kept, in UTF-16 units. */
const COMPLAINT_UNITS = 4000;

/** Limits that a shell sets before it becomes the process: no core file, processor seconds, KiB to write on. */
const LIMITED = 'ulimit -c 0; ulimit -t "$1"; ulimit -d "$2"; shift 2; exec "$@"';

/**
 * Processes of this machine that run learned code: Deno with no permission, no network of its own, an empty environment,
 * a heap and (where the system keeps such limits) an address space and processor time that end.
 *
 * @param program What runs in them; `workers/sandbox.ts` unless given.
 */
export function sandboxHost(program: URL = new URL("../../workers/sandbox.ts", import.meta.url)): SandboxHost {
  let folder: string | undefined;
  const [limited, apart] = [Deno.build.os !== "windows", canUnshare()];
  return {
    start(limits): SandboxProcess {
      // Deno caches what it compiled: in a folder that belongs to these processes alone.
      folder ??= Deno.makeTempDirSync({ prefix: "eddy-sandbox-" });
      const words = [
        ...(limited ? shellWords(limits) : []),
        ...(apart ? ["unshare", "--user", "--map-root-user", "--net"] : []),
        Deno.execPath(),
        ...denoWords(program, limits),
      ];
      const environment = { PATH: Deno.env.get("PATH") ?? "", HOME: "/nonexistent", DENO_DIR: folder };
      try {
        return processOf(
          new Deno.Command(words[0], {
            args: words.slice(1),
            clearEnv: true,
            env: { ...environment, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", TZ: "UTC", LANG: "C" },
            cwd: folder,
            stdin: "piped",
            stdout: "piped",
            stderr: "piped",
          }).spawn(),
        );
      } catch (error) {
        const message = `Cannot start a sandbox: ${(error as Error).message}`;
        throw new EddyError("sandbox_unavailable", message, { cause: error });
      }
    },
    async close(): Promise<void> {
      if (folder) await Deno.remove(folder, { recursive: true });
      folder = undefined;
    },
  };
}

function shellWords({ processorSeconds, memoryMiB }: SandboxLimits): string[] {
  return ["sh", "-c", LIMITED, "sh", `${processorSeconds}`, `${memoryMiB * 1024}`];
}

function denoWords(program: URL, { heapMiB }: SandboxLimits): string[] {
  const closed = ["--no-prompt", "--no-config", "--no-lock", "--no-npm", "--no-remote"];
  return ["run", "--quiet", ...closed, `--v8-flags=--max-old-space-size=${heapMiB}`, fileURLToPath(program)];
}

function processOf(child: Deno.ChildProcess): SandboxProcess {
  const complaint = lastOf(child.stderr);
  return {
    input: child.stdin,
    output: child.stdout,
    ended: (async (): Promise<SandboxEnd> => {
      const { code } = await child.status;
      return { code, complaint: await complaint };
    })(),
    kill(): void {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it has ended already
      }
    },
  };
}

/** The end of what a stream says; all of it is read, so that nobody waits for a reader. */
async function lastOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-COMPLAINT_UNITS);
  return text;
}

/** Whether processes can be cut off from the network by the system, too: Linux with user namespaces. */
function canUnshare(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const args = ["--user", "--map-root-user", "--net", "true"];
    return new Deno.Command("unshare", { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
