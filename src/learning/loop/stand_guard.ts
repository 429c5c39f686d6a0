import type { PolicyVersion } from "../../store/mod.ts";
import type { AgentSession, Freeze } from "./agent_session.ts";
import type { Drop } from "./drift_watch.ts";
import { followHead, goBack } from "./go_back.ts";

/** Judged steps before the likeliest beginning of a drop that are distrusted as well. */
const MARGIN = 50;

/**
 * A drop of the judged reward: learning stops, the head goes back to the last version before it began, and so does the
 * published one unless it is older. Judgements since then are set aside.
 */
export async function freezeOnDrop(session: AgentSession, drop: Drop): Promise<void> {
  const { versions, configuration: { gate } } = session;
  const trusted = drop.beganAt - Math.max(MARGIN, gate.everyJudgements);
  const target = lastVersionBefore(session, trusted);
  const incumbent = await versions.get(versions.assignment.incumbent);
  const reason = `reward fell from ${drop.knownReward.toFixed(2)} to ${drop.recentReward.toFixed(2)} over the last ` +
    `${drop.steps} judgements (${drop.sigmas.toFixed(1)} standard errors; the model expected ` +
    `${drop.expectedReward.toFixed(2)}): judgements after ${target.learnedUpTo.toLocaleString("en-US")} are set aside`;
  const { knownReward, recentReward, beganAt } = drop;
  const child = await goBack(session, target, target.learnedUpTo, { knownReward, recentReward, beganAt });
  const kept = incumbent.learnedUpTo <= trusted;
  if (kept) session.ahead = session.ahead.filter(({ version }) => version <= target.version);
  else followHead(session, child.version);
  // What was rolled back to is the incumbent's own version where it was clean, else the new one that equals the target.
  await freeze(session, { reason, drop: { knownReward, recentReward, beganAt } }, kept ? incumbent : child);
}

/** An early warning that acts: the head goes back to what is published, and may have to wait there. */
export async function stopOnWarning(session: AgentSession, reason: string, freezes: boolean): Promise<void> {
  const { versions, head } = session;
  const incumbent = await versions.get(versions.assignment.incumbent);
  const child = await goBack(session, incumbent, head.learnedUpTo);
  followHead(session, child.version);
  if (freezes) return await freeze(session, { reason }, child);
  await roll(session, child, reason);
}

async function freeze(session: AgentSession, freeze: Freeze, serves: PolicyVersion): Promise<void> {
  session.frozen = freeze;
  const assignment = { incumbent: serves.version };
  // Frozen first: whoever starts again between the two lines learns nothing.
  await session.versions.serve({
    ...{
      action: "freeze",
      version: serves.version,
      assignment,
      by: "guard",
      reason: `${freeze.reason}; learning stops`,
    },
    payloads: payloadsOf(session, serves),
  });
  await roll(session, serves, freeze.reason);
}

async function roll(session: AgentSession, serves: PolicyVersion, reason: string): Promise<void> {
  session.unserved = [];
  await session.versions.serve({
    ...{ action: "rollback", version: serves.version, assignment: { incumbent: serves.version }, by: "guard" },
    reason: `${reason}; version ${serves.version} serves everyone`,
    payloads: payloadsOf(session, serves),
  });
}

/** The head travels whole where it is what serves; another version is installed already. */
function payloadsOf(
  { head, versions }: AgentSession,
  serves: PolicyVersion,
): readonly { readonly version: PolicyVersion; readonly payload: ReturnType<AgentSession["head"]["payload"]> }[] {
  return serves === versions.newest ? [{ version: serves, payload: head.payload(serves.version, -1) }] : [];
}

/** Newest of the versions that learned nothing after a place of the journal; version numbers tell the line of descent. */
function lastVersionBefore({ versions }: AgentSession, sequence: number): PolicyVersion {
  return versions.recent.findLast(({ learnedUpTo }) => learnedUpTo <= sequence) ?? versions.recent[0];
}

/** Learning goes on: with the judgements that were set aside, or after them. */
export async function resumeLearning(
  session: AgentSession,
  { skipTo, reason, by }: { readonly skipTo?: number; readonly reason: string; readonly by: string },
): Promise<void> {
  const { versions } = session;
  const from = await versions.get(versions.newest.version);
  if (skipTo !== undefined && skipTo > from.learnedUpTo) await goBack(session, from, skipTo);
  session.frozen = undefined;
  // What was judged meanwhile may be as wrong as what froze it.
  session.evidence.clear();
  session.heldOut = { again: -Infinity };
  const { assignment } = versions;
  await versions.serve({ action: "resume", version: assignment.incumbent, assignment, reason, by });
}
