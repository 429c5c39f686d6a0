export type { Transcript, TranscriptStep } from "../episode/mod.ts";
