import { EddyError } from "../../errors.ts";
import type { DemoUtterance } from "./utterances.ts";

/** What traffic is made of. */
export interface TrafficOptions {
  /** Where the service listens. */
  readonly address: string;
  /** Who is asked. */
  readonly agent: string;
  /** Conversations at once. */
  readonly concurrency: number;
  /** Judged steps a second, at most; 0: as fast as it goes. */
  readonly pace: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Ends it after what is under way. */
  readonly signal: AbortSignal;
}

/** One answered and judged question. */
export interface JudgedAnswer {
  readonly right: boolean;
  /** Milliseconds until the decision was there. */
  readonly decisionMs: number;
  /** Milliseconds until the judgement was acknowledged: from then on it is on disk. */
  readonly feedbackMs: number;
}

/** Longest wait for one answer. */
const DEADLINE_MS = 10_000;
/** Questions of one request without judgement. */
const BATCH = 100;

/**
 * Says each utterance to the agent over HTTP and judges its choice, right or wrong, with the receipt of the answer.
 *
 * @param onJudged Hears each judged answer.
 * @throws {EddyError} `store_unavailable` If the service refuses or is silent.
 */
export async function driveTraffic(
  utterances: readonly DemoUtterance[],
  actions: readonly string[],
  options: TrafficOptions,
  onJudged: (judged: JudgedAnswer) => void,
): Promise<void> {
  const { address, agent, concurrency, pace, now, signal } = options;
  const began = now();
  let next = 0;
  const converse = async (): Promise<void> => {
    while (next < utterances.length && !signal.aborted) {
      const index = next++;
      const ahead = pace > 0 ? index / pace * 1000 - (now() - began) : 0;
      if (ahead > 1) await new Promise((resolve) => setTimeout(resolve, ahead));
      const { text, intent } = utterances[index];
      const asked = now();
      const { action, receipt } = await post(`${address}/v1/decisions`, { agent, text }) as {
        readonly action: string;
        readonly receipt: string;
      };
      const decided = now();
      const right = action === actions[intent];
      await post(`${address}/v1/feedback`, { receipt, value: right });
      onJudged({ right, decisionMs: decided - asked, feedbackMs: now() - decided });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, converse));
}

/** Share of utterances that the agent answers right when it does not explore; nothing is judged. */
export async function measureAccuracy(
  utterances: readonly DemoUtterance[],
  actions: readonly string[],
  { address, agent }: Pick<TrafficOptions, "address" | "agent">,
): Promise<number> {
  let right = 0;
  for (let start = 0; start < utterances.length; start += BATCH) {
    const asked = utterances.slice(start, start + BATCH);
    const answers = await post(
      `${address}/v1/decisions`,
      asked.map(({ text }) => ({ agent, text, explore: false })),
    ) as readonly { readonly action: string }[];
    right += answers.filter(({ action }, i) => action === actions[asked[i].intent]).length;
  }
  return right / Math.max(1, utterances.length);
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new EddyError("store_unavailable", `Cannot go on: ${url} answered ${response.status}: ${text.slice(0, 300)}`);
}
