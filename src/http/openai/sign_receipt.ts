import { createReceiptBook, type StepRecord } from "../../episode/mod.ts";
import type { AppDependencies } from "../app_dependencies.ts";

/** Makes the receipt of a step: what a client needs to judge it, and nothing else. */
export type SignReceipt = (step: StepRecord) => string;

/** Receipts that are good for every metric that the step's agent declares, for as long as the limits say. */
export function receiptSigner({ agents, limits, now, receiptSecrets }: AppDependencies): SignReceipt {
  const book = createReceiptBook(receiptSecrets);
  return ({ id: stepId, episodeId, agent, policyVersion }) => {
    const metrics = Object.keys(agents.get(agent)?.configuration.metrics ?? {});
    const expiresAt = now() + limits.receiptSeconds * 1000;
    return book.sign({ episodeId, stepId, agent, policyVersion, metrics, expiresAt });
  };
}
