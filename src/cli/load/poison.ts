import type { Service } from "../../service/mod.ts";
import type { PolicyVersion } from "../../store/mod.ts";

/** What to say, and for how long to lie. */
export interface PoisonOptions {
  readonly service: Service;
  readonly agent: string;
  readonly question: (index: number) => { readonly text: string; readonly right: string };
  /** Judged steps that are told right, before and after. */
  readonly honest: number;
  /** Judged steps that are told the opposite. */
  readonly inverted: number;
  /** Judged steps a second; 0: as fast as it goes. */
  readonly pace: number;
  readonly now: () => number;
  readonly onStep: (phase: PoisonPhase, index: number) => void;
  readonly signal: AbortSignal;
}

/** Before the judgements are turned around, while they are, and afterwards. */
export type PoisonPhase = "before" | "inverted" | "after";

/** Who saw what a poisoned signal had taught. */
export interface PoisonResult {
  /** Share of right choices in each phase. */
  readonly right: Readonly<Record<PoisonPhase, number>>;
  /** Episodes answered after the first lie. */
  readonly episodes: number;
  /** … by a version that had learned from a lie, by arm. */
  readonly tainted: Readonly<Record<"incumbent" | "canary" | "shadow", number>>;
  /** Lies told until learning froze; undefined when it never did. */
  readonly frozenAfter?: number;
  /** What the history says about it. */
  readonly reasons: readonly string[];
}

interface Answered {
  readonly stepId: string;
  readonly phase: PoisonPhase;
  readonly version: number;
  readonly arm: "incumbent" | "canary" | "shadow";
  readonly right: boolean;
}

/** Teaches an agent, tells it the opposite for a while, then the truth again; and finds out who was shown the difference. */
export async function poison(options: PoisonOptions): Promise<PoisonResult> {
  const { service, agent, honest, inverted, signal } = options;
  const answered: Answered[] = [];
  let [lies, frozenAfter] = [0, undefined as number | undefined];
  const silence = service.loop.onEvent((event) => {
    if (event.event === "publication" && event.action === "freeze") frozenAfter ??= lies;
  });
  const began = options.now();
  let index = 0;
  try {
    for (const [phase, count] of [["before", honest], ["inverted", inverted], ["after", honest]] as const) {
      for (let step = 0; step < count && !signal.aborted; step++, index++) {
        const ahead = options.pace > 0 ? index / options.pace * 1000 - (options.now() - began) : 0;
        if (ahead > 1) await new Promise((resolve) => setTimeout(resolve, ahead));
        answered.push(await converse(options, index, phase));
        if (phase === "inverted") lies++;
        options.onStep(phase, step);
      }
    }
    await service.loop.drain();
  } finally {
    silence();
  }
  const poisoned = new Set(answered.filter(({ phase }) => phase === "inverted").map(({ stepId }) => stepId));
  const isTainted = await taintOf(service, agent, poisoned);
  const exposed = answered.filter(({ phase }) => phase !== "before");
  const tainted = { incumbent: 0, canary: 0, shadow: 0 };
  for (const { version, arm } of exposed) if (isTainted(version)) tainted[arm]++;
  const share = (phase: PoisonPhase): number => {
    const own = answered.filter((answer) => answer.phase === phase);
    return own.filter(({ right }) => right).length / Math.max(1, own.length);
  };
  const history = await service.store.policies.history(agent, 10_000);
  return {
    right: { before: share("before"), inverted: share("inverted"), after: share("after") },
    episodes: exposed.length,
    tainted,
    frozenAfter,
    reasons: history.filter(({ action }) => ["freeze", "rollback", "resume"].includes(action)).reverse()
      .map(({ action, reason }) => `${action}: ${reason}`),
  };
}

async function converse(
  { service, agent, question }: PoisonOptions,
  index: number,
  phase: PoisonPhase,
): Promise<Answered> {
  const { text, right: wanted } = question(index);
  const { id, action, policyVersion, arm, receipt } = await post(service, "/v1/decisions", { agent, text }) as {
    readonly id: string;
    readonly action: string;
    readonly policyVersion: number;
    readonly arm: Answered["arm"];
    readonly receipt: string;
  };
  const right = action === wanted;
  await post(service, "/v1/feedback", { receipt, value: phase === "inverted" ? !right : right });
  return { stepId: id, phase, version: policyVersion, arm, right };
}

async function post(service: Service, path: string, body: unknown): Promise<unknown> {
  const response = await service.app.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  if (response.ok) return await response.json();
  throw new Error(`Cannot go on: ${path} answered ${response.status}: ${await response.text()}`);
}

/** Tells of each version whether it, or one that it came from, learned a poisoned judgement. */
async function taintOf(
  { store }: Service,
  agent: string,
  poisoned: ReadonlySet<string>,
): Promise<(version: number) => boolean> {
  const sequences = (await store.rewards.range(agent, 0, await store.rewards.last(agent)))
    .filter(({ step }) => poisoned.has(step.id)).map(({ sequence }) => sequence);
  const versions = new Map((await store.policies.list(agent)).map((version) => [version.version, version]));
  const known = new Map<number, boolean>();
  const learnedALie = ({ learnedUpTo, skipped = [] }: PolicyVersion, after: number): boolean =>
    sequences.some((sequence) =>
      sequence > after && sequence <= learnedUpTo && !skipped.some(([from, to]) => sequence >= from && sequence <= to)
    );
  return function isTainted(number): boolean {
    const chain: PolicyVersion[] = [];
    for (let version = versions.get(number); version && !known.has(version.version);) {
      chain.push(version);
      version = version.parent === undefined ? undefined : versions.get(version.parent);
    }
    for (const version of chain.reverse()) {
      const parent = version.parent === undefined ? undefined : versions.get(version.parent);
      const inherited = parent !== undefined && known.get(parent.version) === true;
      known.set(version.version, inherited || learnedALie(version, parent?.learnedUpTo ?? 0));
    }
    return known.get(number) ?? false;
  };
}
