import type { AgentConfiguration } from "../../agent/mod.ts";
import type { JudgedStep } from "../../episode/mod.ts";
import { armDifference, type Difference } from "./gate.ts";
import { isHeldOut } from "./is_held_out.ts";

/** Held-out steps that are kept, the newest: older ones say little about today's requests. */
const HELD_OUT = 200;
/** Judged steps that arms are compared over. */
const ARMS = 2000;
/** Judged steps of each arm that a guard metric needs before it counts. */
const FEWEST_GUARDS = 50;

/** What is known about versions from judged steps: held-out ones, and each arm's rewards. */
export interface Evidence {
  /** Takes judged steps of all metrics, in order. */
  push(steps: readonly JudgedStep[]): void;
  /** The newest held-out steps. */
  readonly heldOut: readonly JudgedStep[];
  /** Canary against incumbent on what the agent learns from; undefined while one of them has no judged step. */
  arms(): Difference | undefined;
  /** Rewards of a version, and of the incumbent over the same time. */
  trial(version: number, since: number): { readonly canary: readonly number[]; readonly incumbent: readonly number[] };
  /** A metric that is only watched, and that fell on the canary's share. */
  fallenGuard(): string | undefined;
  /** Forgets everything: what served is gone. */
  clear(): void;
}

interface Seen {
  readonly metric: string;
  readonly arm: string;
  readonly version: number;
  readonly createdAt: number;
  readonly reward: number;
}

/** Collects evidence for the gate of one agent. */
export function createEvidence({ learnsFrom, gate }: AgentConfiguration): Evidence {
  let heldOut: JudgedStep[] = [], seen: Seen[] = [];
  const rewardsOf = (metric: string, arm: string): number[] =>
    seen.filter((one) => one.metric === metric && one.arm === arm).map(({ reward }) => reward);
  return {
    get heldOut(): readonly JudgedStep[] {
      return heldOut;
    },
    push: (steps) => {
      for (const judged of steps) {
        const { step, metric, reward, source } = judged;
        if (source !== "judged") continue;
        const { arm, policyVersion: version, createdAt } = step;
        seen.push({ metric, arm, version, createdAt, reward });
        if (metric === learnsFrom && isHeldOut(step.id, gate.heldOutShare) && comparable(judged)) heldOut.push(judged);
      }
      if (heldOut.length > 2 * HELD_OUT) heldOut = heldOut.slice(-HELD_OUT);
      if (seen.length > 2 * ARMS) seen = seen.slice(-ARMS);
    },
    arms: () => {
      const [canary, incumbent] = [rewardsOf(learnsFrom, "canary"), rewardsOf(learnsFrom, "incumbent")];
      return canary.length < 2 || incumbent.length < 2 ? undefined : armDifference(canary, incumbent, gate.confidence);
    },
    trial: (version, since) => {
      const recent = seen.filter((one) => one.metric === learnsFrom && one.createdAt >= since);
      const rewards = (wanted: (one: Seen) => boolean): number[] => recent.filter(wanted).map(({ reward }) => reward);
      return {
        canary: rewards((one) => one.version === version),
        incumbent: rewards((one) => one.arm === "incumbent" && one.version !== version),
      };
    },
    fallenGuard: () => {
      const guards = new Set(seen.map(({ metric }) => metric).filter((metric) => metric !== learnsFrom));
      return [...guards].find((metric) => {
        const { upper, samples } = armDifference(
          rewardsOf(metric, "canary"),
          rewardsOf(metric, "incumbent"),
          gate.confidence,
        );
        return samples >= FEWEST_GUARDS && upper < -gate.tolerance;
      });
    },
    clear: () => {
      [heldOut, seen] = [[], []];
    },
  };
}

/** Off-policy estimates need to know what was chosen, and how likely that was. */
function comparable({ step }: JudgedStep): boolean {
  return step.propensity > 0 && step.candidates !== undefined && step.candidates.includes(step.action);
}
