import { createServer } from "node:net";

/** A PostgreSQL server of its own, on this machine only, that ends with the test. */
export interface PostgresServer {
  readonly url: string;
  /** Kills all of it as a power cut would, and starts it again on what it had written. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 20_000;

/** Starts a server on a free port; undefined where none is installed. @param folder Where its files may lie. */
export async function startPostgres(folder: string): Promise<PostgresServer | undefined> {
  const programs = installed();
  if (!programs) return undefined;
  const files = `${folder}/postgres`;
  await Deno.mkdir(files);
  // The server refuses to run as root.
  const as = Deno.uid() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  if (as.length > 0) {
    await run(["chmod", "755", folder]);
    await run(["chown", "postgres", files]);
  }
  await run([
    ...as,
    `${programs}/initdb`,
    "-D",
    `${files}/main`,
    "-U",
    "eddy",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-sync",
  ]);
  const port = await freePort();
  const start = (): Promise<void> =>
    run([
      ...as,
      `${programs}/pg_ctl`,
      ...["-D", `${files}/main`, "-l", `${files}/log`, "-w", "-t", String(START_DEADLINE_MS / 1000)],
      ...["-o", `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p ${port}`, "start"],
    ]);
  const kill = async (): Promise<void> => {
    const pid = (await Deno.readTextFile(`${files}/main/postmaster.pid`)).split("\n")[0];
    const children = (await output(["ps", "-o", "pid=", "--ppid", pid])).split(/\s+/).filter((id) => id !== "");
    await run(["kill", "-KILL", pid, ...children]).catch(() => {}); // a child may have ended meanwhile
    const alive = async (): Promise<boolean> =>
      (await output(["ps", "-o", "pid=", "-p", [pid, ...children].join(",")])).trim() !== ""; // a zombie holds the lock too
    for (let wait = 0; wait < START_DEADLINE_MS && await alive(); wait += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await start();
  return {
    url: `postgres://eddy@127.0.0.1:${port}/postgres`,
    async killAndRestart(): Promise<void> {
      await kill();
      await start();
    },
    async stop(): Promise<void> {
      await run([...as, `${programs}/pg_ctl`, "-D", `${files}/main`, "-m", "immediate", "-w", "stop"]);
    },
  };
}

function installed(): string | undefined {
  try {
    const versions = [...Deno.readDirSync("/usr/lib/postgresql")].map(({ name }) => name).sort((a, b) => +b - +a);
    return versions.length > 0 ? `/usr/lib/postgresql/${versions[0]}/bin` : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function run(words: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(words[0], {
    args: words.slice(1),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`Cannot run ${words.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

async function output(words: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(words[0], { args: words.slice(1), stdin: "null", stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}
