/** What happened: types and codecs, no I/O. @module */
export type { Role, Tool, ToolParameter, ToolParameters, Turn } from "./turn.ts";
export type { Episode, Step } from "./episode.ts";
export type { Feedback, FeedbackOutcome, FeedbackStatus } from "./feedback.ts";
export { type Metric, type Metrics, RESERVED_METRICS } from "./metric.ts";
export { createReceiptBook, type ReceiptBook, type ReceiptClaims } from "./receipt.ts";
export { rewardOf } from "./reward_of.ts";
export type { Arm, JudgedStep, StepRecord } from "./step_record.ts";
export type { Transcript, TranscriptStep } from "./transcript.ts";
