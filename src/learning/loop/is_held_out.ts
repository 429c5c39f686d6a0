import { hashShare } from "../../agent/mod.ts";

/** Whether a step belongs to the share that is never learned from: decided by its id alone, so everywhere the same. */
export function isHeldOut(stepId: string, share: number): boolean {
  return hashShare(`held-out ${stepId}`) < share;
}
