import type { ReceiptBook, StepRecord } from "../episode/mod.ts";
import type { AppDependencies } from "./app_dependencies.ts";

/** Makes receipts of steps: they may be judged by every metric that their agent declares, until they expire. */
export function signStep(
  { agents, now, limits }: Pick<AppDependencies, "agents" | "now" | "limits">,
  receipts: ReceiptBook,
): (step: StepRecord) => string {
  const metrics = new Map([...agents].map(([name, { configuration }]) => [name, Object.keys(configuration.metrics)]));
  return ({ id, episodeId, agent, policyVersion }) =>
    receipts.sign({
      episodeId,
      stepId: id,
      agent,
      policyVersion,
      metrics: metrics.get(agent) ?? [],
      expiresAt: now() + limits.receiptSeconds * 1000,
    });
}
