import type { AgentSession } from "./agent_session.ts";
import { noteServed } from "./agent_session.ts";
import { armDifference, trialGate } from "./gate.ts";
import { goBack } from "./go_back.ts";

/**
 * Releases a learner that changes in few, large updates: each version is tried on the canary's share until the gate
 * decides. Learning goes on meanwhile; the next trial is of what was learned by then. A refused version is unlearned.
 */
export async function releaseTrial(session: AgentSession): Promise<void> {
  if (session.versions.assignment.canary) await decide(session);
  const { versions, head, configuration: { gate } } = session;
  if (versions.assignment.canary || session.updates === 0 || !head.hasCandidate) return;
  session.updates = 0;
  const { incumbent } = versions.assignment;
  const fresh = await versions.add(head, { parent: versions.newest.version, whole: true });
  const payloads = [{ version: fresh, payload: head.payload(incumbent, -1) }];
  const atOnce = gate.canaryShare === 0;
  await versions.serve({
    action: atOnce ? "publish" : "canary",
    version: fresh.version,
    assignment: atOnce
      ? { incumbent: fresh.version }
      : { incumbent, canary: { version: fresh.version, share: gate.canaryShare } },
    reason: atOnce
      ? "published at once: the gate has no canary share"
      : `on trial until ${gate.canaryJudgements} of its steps are judged`,
    by: "gate",
    payloads,
  });
  noteServed(session, fresh.learnedUpTo);
}

async function decide(session: AgentSession): Promise<void> {
  const { versions, evidence, configuration: { gate } } = session;
  const { incumbent, canary } = versions.assignment;
  if (!canary) return;
  const tried = await versions.get(canary.version);
  const rewards = evidence.trial(canary.version, tried.createdAt);
  const difference = armDifference(rewards.canary, rewards.incumbent, gate.confidence);
  const guard = evidence.fallenGuard();
  const decision = trialGate(gate, difference, rewards.canary.length);
  if (decision.verdict === "pass" && !guard) {
    const assignment = { incumbent: tried.version };
    return await versions.serve({
      action: "promote",
      version: tried.version,
      assignment,
      reason: decision.reason,
      by: "gate",
    });
  }
  if (decision.verdict !== "refuse" && !guard) return;
  const reason = guard ? `the guard metric '${guard}' fell on the canary's share` : decision.reason;
  await versions.serve({
    action: "refuse",
    version: tried.version,
    assignment: { incumbent },
    reason,
    by: guard ? "guard" : "gate",
  });
  await goBack(session, await versions.get(incumbent), session.head.learnedUpTo);
}
