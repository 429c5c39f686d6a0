import { EddyError } from "../../../errors.ts";
import type { JudgedStep } from "../../../episode/mod.ts";
import type { Decision } from "../../../policy/mod.ts";
import type { StepReader } from "./step_reader.ts";

/** A judged step as the policy sees it. */
export interface Sample {
  /** The journal's entry. */
  readonly judged: JudgedStep;
  /** With its whole conversation as prompt. */
  readonly decision: Decision;
  /** It was sampled at. */
  readonly temperature: number;
}

/** The judged steps of an update by what can be learned from them. */
export interface Samples {
  /** Sampled by the policy: what importance ratios are made of. */
  readonly sampled: readonly Sample[];
  /** To be imitated: corrections, and what an application did by itself that was judged right. */
  readonly demonstrated: readonly Sample[];
  /** Judged steps that nothing is learned from, by why. */
  readonly dropped: { stale: number; greedy: number; unreadable: number; wrong: number };
}

/** What steps are seen with. */
export interface SampleParts {
  readonly reader: StepReader;
  /** Newest version that served; staleness is counted from it. */
  readonly newestVersion: number;
  /** Versions that a step may be behind. */
  readonly staleness: number;
  /** Lets others work. */
  readonly pause: () => Promise<void>;
}

/** Steps that are read between two pauses. */
const READ_AT_ONCE = 8;

/** Sees judged steps again. A step that cannot be seen is counted, never guessed. */
export async function collectSamples(judged: readonly JudgedStep[], parts: SampleParts): Promise<Samples> {
  const { reader, newestVersion, staleness, pause } = parts;
  const sampled: Sample[] = [], demonstrated: Sample[] = [];
  const dropped = { stale: 0, greedy: 0, unreadable: 0, wrong: 0 };
  for (const [index, entry] of judged.entries()) {
    if (index % READ_AT_ONCE === READ_AT_ONCE - 1) await pause();
    const { step } = entry;
    try {
      const shown = entry.source === "correction" ? entry.correction : step.arm === "shadow" ? step.action : undefined;
      if (shown !== undefined) {
        if (entry.source !== "correction" && entry.reward <= 0.5) dropped.wrong += 1;
        else demonstrated.push({ judged: entry, temperature: 1, decision: reader.demonstrate(step, shown) });
      } else if (newestVersion - step.policyVersion > staleness) dropped.stale += 1;
      else {
        const { decision, temperature } = reader.recall(step);
        if (decision === undefined) dropped.greedy += 1;
        else sampled.push({ judged: entry, temperature, decision });
      }
    } catch (error) {
      // Damaged or foreign steps, and corrections that cannot be written: the journal may hold anything.
      if (!(error instanceof EddyError) && !(error instanceof RangeError)) throw error;
      dropped.unreadable += 1;
    }
  }
  return { sampled, demonstrated, dropped };
}
