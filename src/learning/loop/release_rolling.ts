import type { VersionPayload } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import type { PolicyVersion } from "../../store/mod.ts";
import type { Assessment } from "./agent_learner.ts";
import type { AgentSession } from "./agent_session.ts";
import { noteServed } from "./agent_session.ts";
import { type Difference, type GateDecision, heldOutDifference, rollingGate } from "./gate.ts";
import { lineOfDescent } from "./line_of_descent.ts";

/** Two versions are at least this far apart, milliseconds: with many judgements a second, a version learns many at once. */
const CLOSEST_MS = 100;
/** After an assessment of the held-out steps its outcome stands for so many times as long as it took. */
const ASSESSING_REST = 19;
/** Held-out steps that are assessed before others may work. */
const ASSESSED = 16;

/**
 * Releases a learner that changes with every judgement: the canary's share always answers with a fresh version, and the
 * published one trails by `delayJudgements`, moving on each time the gate sees no loss.
 *
 * @param whatever Makes a version of what is there, however little.
 */
export async function releaseRolling(session: AgentSession, whatever: boolean): Promise<void> {
  const { versions, head, configuration: { gate } } = session;
  const learned = head.learnedUpTo - versions.newest.learnedUpTo;
  if (session.updates === 0 || learned < (whatever ? 1 : gate.everyJudgements)) return;
  if (!whatever && session.now() - session.releasedAt < CLOSEST_MS) return;
  session.releasedAt = session.now();
  session.updates = 0;
  const decision = await decide(session);
  const fresh = await versions.add(head, { parent: versions.newest.version, report: decision.report });
  session.ahead.push(fresh);
  const next = decision.verdict === "pass" ? nextPublished(session, fresh) : undefined;
  await serve(session, fresh, next, decision);
}

/** The newest version that is far enough behind what was learned, if it is newer than the published one. */
function nextPublished(session: AgentSession, fresh: PolicyVersion): PolicyVersion | undefined {
  const { gate } = session.configuration;
  const upTo = gate.canaryShare === 0 ? fresh.learnedUpTo : fresh.learnedUpTo - gate.delayJudgements;
  return session.ahead.findLast(({ version, learnedUpTo }) =>
    learnedUpTo <= upTo && version > session.versions.assignment.incumbent
  );
}

async function serve(
  session: AgentSession,
  fresh: PolicyVersion,
  next: PolicyVersion | undefined,
  decision: GateDecision,
): Promise<void> {
  const { versions, head, configuration: { gate } } = session;
  const before = versions.assignment;
  const payloads = [];
  if (next) payloads.push({ version: next, payload: await advance(session, next, before.incumbent) });
  if (gate.canaryShare > 0 && next !== fresh) {
    const base = await versions.get(before.canary?.version ?? before.incumbent);
    payloads.push({ version: fresh, payload: head.payload(base.version, baseOf(base, session)) });
  }
  const canary = gate.canaryShare > 0 ? { canary: { version: fresh.version, share: gate.canaryShare } } : {};
  const refused = !next && decision.verdict !== "pass" && !session.holding;
  session.holding = decision.verdict !== "pass";
  await versions.serve({
    action: next ? gate.canaryShare > 0 ? "promote" : "publish" : refused ? "refuse" : "canary",
    version: next && gate.canaryShare > 0 ? next.version : fresh.version,
    assignment: { incumbent: next?.version ?? before.incumbent, ...canary },
    reason: gate.canaryShare === 0 ? "published at once: the gate has no canary share" : decision.reason,
    by: "gate",
    payloads,
  });
  noteServed(session, fresh.learnedUpTo);
}

/** Where a base stands in the head's line; a version of another line is no base for judgements. */
function baseOf(base: PolicyVersion, session: AgentSession): number {
  const known = session.ahead.includes(base) || base.version === session.trailingVersion;
  return known ? base.learnedUpTo : -1;
}

/**
 * Brings the copy to a version of the head's line: by the judgements between them, or anew where it stands in another
 * line since somebody published by hand. @returns How that version travels.
 */
async function advance(session: AgentSession, next: PolicyVersion, incumbent: number): Promise<VersionPayload> {
  const { agent, store, versions, trailing, trailingVersion: from } = session;
  if (!trailing) throw new RangeError("Cannot release in a rolling way: the learner cannot fork");
  const line = await lineOfDescent(versions, from, next);
  session.trailingVersion = next.version;
  session.ahead = session.ahead.filter(({ version }) => version > next.version);
  if (!line) {
    await versions.rebuild(next, trailing);
    return trailing.payload(from, -1);
  }
  const { learnedUpTo } = await versions.get(from);
  const skipped = line.flatMap(({ skipped = [] }) => skipped);
  const steps = (await store.rewards.range(agent, learnedUpTo + 1, next.learnedUpTo))
    .filter(({ sequence }) => !skipped.some(([first, last]) => first <= sequence && sequence <= last));
  for (let i = 0; i < steps.length; i += ASSESSED) {
    await trailing.learn(steps.slice(i, i + ASSESSED), { now: session.now() });
    await session.breathe();
  }
  return trailing.payload(from, incumbent === from ? learnedUpTo : -1);
}

async function decide(session: AgentSession): Promise<GateDecision> {
  const { evidence, head, trailing, configuration: { gate } } = session;
  const differences: Record<string, Difference> = {};
  const steps = evidence.heldOut;
  if (gate.canaryShare > 0 && trailing && steps.length > 1) {
    const began = session.now();
    if (began >= session.heldOut.again) {
      const [candidate, published] = [await assess(session, head, steps), await assess(session, trailing, steps)];
      const difference = heldOutDifference(steps, candidate, published, gate.confidence);
      const ended = session.now();
      session.heldOut = { difference, again: ended + ASSESSING_REST * (ended - began) };
    }
    if (session.heldOut.difference) differences["the held-out estimate"] = session.heldOut.difference;
  }
  const arms = gate.canaryShare > 0 ? evidence.arms() : undefined;
  if (arms) differences["the canary's share"] = arms;
  return rollingGate(gate, differences, gate.canaryShare > 0 ? evidence.fallenGuard() : undefined);
}

/** A few steps at a time. */
async function assess(
  session: AgentSession,
  learner: AgentSession["head"],
  steps: readonly JudgedStep[],
): Promise<Assessment> {
  const parts: Assessment[] = [];
  for (let i = 0; i < steps.length; i += ASSESSED) {
    parts.push(learner.assess(steps.slice(i, i + ASSESSED)));
    await session.breathe();
  }
  const join = (column: (part: Assessment) => Float64Array | undefined): Float64Array =>
    Float64Array.from(parts.flatMap((part) => [...column(part) ?? []]));
  const probabilities = join((part) => part.probabilities);
  const [logged, own] = [join((part) => part.logged), join((part) => part.own)];
  return logged.length === steps.length && own.length === steps.length
    ? { probabilities, logged, own }
    : { probabilities };
}
