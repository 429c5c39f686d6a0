import type { PolicyVersion } from "../../store/mod.ts";
import type { AgentSession } from "./agent_session.ts";

/**
 * Takes the head back to a version; learning goes on from there. Kept as a new version that equals the old one, whole,
 * so that what follows can be rebuilt whatever lies between.
 *
 * @param skipTo Place of the journal that learning goes on after: what lies between is never learned. The version's own
 * place leaves that open.
 */
export async function goBack(
  session: AgentSession,
  target: PolicyVersion,
  skipTo: number,
  report: PolicyVersion["report"] = {},
): Promise<PolicyVersion> {
  const { head, versions } = session;
  await versions.rebuild(target, head);
  if (skipTo > target.learnedUpTo) head.restore(head.snapshot(), skipTo);
  const skipped = skipTo > target.learnedUpTo ? { skipped: [[target.learnedUpTo + 1, skipTo] as const] } : {};
  const child = await versions.add(head, { parent: target.version, whole: true, report, ...skipped });
  session.updates = 0;
  session.holding = false;
  return child;
}

/** Makes the published copy equal to the head, where there is one. */
export function followHead(session: AgentSession, version: number): void {
  if (!session.head.fork) return;
  session.trailing?.[Symbol.dispose]();
  session.trailing = session.head.fork();
  session.trailingVersion = version;
  session.ahead = [];
}
