import { openConnection } from "./http_connection.ts";
import { type Latencies, latencies } from "./latencies.ts";

/** How hard to press, and for how long. */
export interface LoadOptions {
  readonly hostname: string;
  readonly port: number;
  readonly agent: string;
  /** Connections, each with one request under way. */
  readonly connections: number;
  /** Questions, and then judgements, of one request. Default 1, as a browser sends them; a gateway sends more. */
  readonly batch?: number;
  /** Milliseconds. */
  readonly durationMs: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** What is asked: the n-th question, with the answer that is right. */
  readonly question: (index: number) => { readonly text: string; readonly right: string };
  /** Hears of each judgement that was acknowledged. */
  readonly onAcknowledged?: (stepId: string, value: boolean) => void;
  /** Connects again after a failure instead of giving up: for servers that are killed. */
  readonly persistent?: boolean;
}

/** What came of it. */
export interface LoadResult {
  /** Steps that were decided and whose judgement was acknowledged. */
  readonly judged: number;
  readonly right: number;
  readonly seconds: number;
  readonly decisions: Latencies;
  readonly feedback: Latencies;
  /** Answers other than 2xx by status, and failed connections. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What a decision is answered with, as far as it matters here. */
type Answer = Record<"id" | "action" | "receipt", string>;

const RECONNECT_MS = 20;

/** Asks and judges on many connections until the time is over. */
export async function driveLoad(options: LoadOptions): Promise<LoadResult> {
  const { now, agent, question } = options;
  const began = now();
  const decisions = latencies();
  const feedback = latencies();
  const refused: Record<string, number> = {};
  const one = (options.batch ?? 1) === 1;
  let [judged, right, asked] = [0, 0, 0];
  const over = (): boolean => now() - began >= options.durationMs;
  const refuse = (what: string): void => void (refused[what] = (refused[what] ?? 0) + 1);

  const converse = async (): Promise<void> => {
    using connection = await openConnection(options.hostname, options.port);
    while (!over()) {
      const questions = Array.from({ length: options.batch ?? 1 }, () => question(asked++));
      const bodies = questions.map(({ text }) => ({ agent, text }));
      const start = now();
      const decision = await connection.post("/v1/decisions", JSON.stringify(one ? bodies[0] : bodies));
      if (decision.status !== 200) {
        refuse(String(decision.status));
        continue;
      }
      const decided = now();
      decisions.add(decided - start);
      const parsed = JSON.parse(decision.body) as Answer | readonly Answer[];
      const answers = one ? [parsed as Answer] : parsed as readonly Answer[];
      const judgements = answers.map(({ action, receipt }, i) => ({ receipt, value: action === questions[i].right }));
      const answer = await connection.post("/v1/feedback", JSON.stringify(one ? judgements[0] : judgements));
      if (answer.status >= 300) {
        refuse(String(answer.status));
        continue;
      }
      feedback.add(now() - decided);
      judgements.forEach(({ value }, i) => {
        judged++;
        if (value) right++;
        options.onAcknowledged?.(answers[i].id, value);
      });
    }
  };
  const persist = async (): Promise<void> => {
    while (!over()) {
      try {
        await converse();
      } catch (error) {
        if (!options.persistent) throw error;
        refuse("connection");
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  };
  await Promise.all(Array.from({ length: options.connections }, persist));
  return { judged, right, seconds: (now() - began) / 1000, decisions, feedback, refused };
}
