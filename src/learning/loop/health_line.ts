import type { AgentStatus } from "./loop_events.ts";

/** What the sentence is made of. */
export type Standing =
  & Pick<
    AgentStatus,
    "state" | "assignment" | "judgements" | "meanReward" | "recentReward" | "recentJudgements"
  >
  & {
    /** Mean reward of the first judged steps: where it came from. */
    readonly earlyReward: number;
    /** Why it is frozen or failed. */
    readonly reason?: string;
  };

/** Where an agent stands, in one sentence: "learning: reward 0.61 → 0.74 over 2,000 judgements; version 41 serves 100 %". */
export function healthLine(standing: Standing): string {
  const { state, reason, judgements } = standing;
  const served = inWords(standing.assignment);
  if (state === "failed") return `failed: ${reason ?? "unknown"}; ${served}`;
  if (judgements === 0) return `${state === "frozen" ? "frozen" : "waiting for judgements"}; ${served}`;
  const reward = `reward ${standing.earlyReward.toFixed(2)} → ${standing.recentReward.toFixed(2)}`;
  const over = `over ${judgements.toLocaleString("en-US")} judgement${judgements === 1 ? "" : "s"}`;
  const why = state === "frozen" && reason ? ` (${reason})` : "";
  return `${state}${why}: ${reward} ${over}; ${served}`;
}

function inWords({ incumbent, canary }: AgentStatus["assignment"]): string {
  const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
  return canary
    ? `version ${incumbent} serves ${percent(1 - canary.share)}, version ${canary.version} is tried on ${
      percent(canary.share)
    }`
    : `version ${incumbent} serves 100 %`;
}
