import { driveLoad } from "./drive_load.ts";
import { LOAD_AGENT, loadQuestions } from "./load_questions.ts";
import { type ServerProcess, startServer } from "./start_server.ts";

/** What to kill, and how often. */
export interface KillOptions {
  /** What follows `eddy serve`; the port is added. */
  readonly words: readonly string[];
  /** Of its environment. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly kills: number;
  readonly connections: number;
  readonly now: () => number;
  /** A uniform in [0, 1): when the next kill comes. */
  readonly random: () => number;
  readonly onKill: (kill: number, restartMs: number) => void;
  readonly signal: AbortSignal;
  /** Kills something else than the server, and brings it back. */
  readonly killInstead?: () => Promise<void>;
}

/** What was acknowledged under fire, and how long it took to be back. */
export interface KillResult {
  readonly acknowledged: ReadonlyMap<string, boolean>;
  /** Milliseconds from the kill until it listens again, each. */
  readonly restarts: readonly number[];
  readonly refused: Readonly<Record<string, number>>;
}

/** Shortest and longest time that a server lives, in milliseconds. */
const LIFE_MS = [100, 900] as const;
const HOUR_MS = 3_600_000;

/** Asks and judges without a pause while the server is killed again and again at random moments, and started again. */
export async function killRounds(options: KillOptions): Promise<KillResult> {
  const { words, variables, kills, now, random, signal } = options;
  let server: ServerProcess = await startServer([...words, "--port", "0"], variables);
  const { hostname, port } = server;
  const acknowledged = new Map<string, boolean>();
  const restarts: number[] = [];
  let done = false;
  const load = driveLoad({
    hostname,
    port,
    agent: LOAD_AGENT,
    connections: options.connections,
    durationMs: HOUR_MS,
    now: () => done ? Infinity : now(),
    question: loadQuestions(),
    onAcknowledged: (stepId, value) => acknowledged.set(stepId, value),
    persistent: true,
  });
  /** The answers under way come in, or their deadline passes. */
  const finish = async (): Promise<Readonly<Record<string, number>>> => {
    done = true;
    try {
      return (await load).refused;
    } finally {
      await server.stop();
    }
  };
  try {
    for (let kill = 1; kill <= kills && !signal.aborted; kill++) {
      await new Promise((resolve) => setTimeout(resolve, LIFE_MS[0] + random() * (LIFE_MS[1] - LIFE_MS[0])));
      const began = now();
      if (options.killInstead) await options.killInstead();
      else {
        await server.kill();
        server = await startServer([...words, "--port", String(port)], variables);
      }
      restarts.push(now() - began);
      options.onKill(kill, restarts.at(-1)!);
    }
  } catch (error) {
    await finish();
    throw error;
  }
  return { acknowledged, restarts, refused: await finish() };
}
