import type { StepRecord } from "../../episode/mod.ts";

/** Makes the receipt of a step: what a client needs to judge it, and nothing else. */
export type SignReceipt = (step: StepRecord) => string;
