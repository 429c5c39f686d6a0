/** A real PostgreSQL server of the test's own, on 127.0.0.1. */
export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database. @returns Its address. */
  database(): Promise<string>;
  /** Ends the server at once, as a failing machine would. */
  kill(): Promise<void>;
  /** Starts it again, with the same files and port. */
  start(): Promise<void>;
  /** Stops all its processes where they stand: connections stay open and nobody answers. */
  freeze(): void;
  /** Lets them go on. */
  thaw(): void;
}

/** Folder of the server's programs, the newest version; nothing where it is not installed. */
export function postgresPrograms(): string | undefined {
  const versions: number[] = [];
  try {
    for (const { name } of Deno.readDirSync("/usr/lib/postgresql")) versions.push(Number(name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const newest = versions.sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
}

/** Makes a cluster in a temporary folder and starts it; as the user `postgres` when we are root, which it refuses to run as. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const root = Deno.uid() === 0;
  const folder = await Deno.makeTempDir({ prefix: "eddy-postgres-" });
  if (root) await run("chown", ["postgres", folder]);
  const as = (command: string, args: string[]): [string, string[]] =>
    root ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]] : [command, args];
  const cluster = `${folder}/cluster`;
  await run(...as(`${programs}/initdb`, ["-D", cluster, "-A", "trust", "-U", "eddy", "-E", "UTF8", "--no-sync"]));
  const port = freePort();
  let server: Deno.ChildProcess | undefined;
  let databases = 0;

  async function start(): Promise<void> {
    const settings = ["listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`];
    // What is tested is the death of processes, not of the machine: what was written is in the system's memory then.
    settings.push("fsync=off");
    const [command, args] = as(`${programs}/postgres`, ["-D", cluster, ...settings.flatMap((each) => ["-c", each])]);
    const [probe, probed] = as(`${programs}/pg_isready`, ["-h", "127.0.0.1", "-p", `${port}`, "-q"]);
    const spawn = (): Deno.ChildProcess =>
      new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    let exited = true;
    for (let tries = 0; tries < 1_200; tries++) {
      if (exited) {
        // After a kill it may refuse to start until the last of its old processes has gone.
        exited = false;
        const started = server = spawn();
        void started.status.then(() => exited = server === started);
      }
      if ((await new Deno.Command(probe, { args: probed, stdout: "null", stderr: "null" }).output()).success) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("Cannot start PostgreSQL: it does not get ready");
  }

  async function end(signal: Deno.Signal): Promise<void> {
    if (server === undefined) return;
    const ended = server;
    server = undefined;
    ended.kill(signal);
    await ended.status;
  }

  function signal(name: Deno.Signal): void {
    const { pid } = server!;
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ").map(Number);
    for (const each of [pid, ...children]) Deno.kill(each, name);
  }

  await start();
  return {
    start,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    kill: () => end("SIGKILL"),
    async database(): Promise<string> {
      const name = `eddy_${++databases}`;
      await run(...as(`${programs}/createdb`, ["-h", "127.0.0.1", "-p", `${port}`, "-U", "eddy", name]));
      return `postgres://eddy@127.0.0.1:${port}/${name}`;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await end("SIGINT");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function run(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null", stderr: "piped" }).output();
  if (!success) throw new Error(`Cannot run ${command}: ${new TextDecoder().decode(stderr)}`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
