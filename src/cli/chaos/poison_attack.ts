import { openService, resolveServiceConfiguration } from "../../service/mod.ts";
import { LOAD_AGENT, loadConfiguration, loadQuestions } from "../load/load_questions.ts";
import { poison } from "../load/poison.ts";
import { localMachine } from "../serving/local_machine.ts";
import type { AttackOptions } from "./attack.ts";
import { attackReport } from "./attack_report.ts";

/** Judged steps that count as a second where none are paced. */
const PACE = 20;

/** Tells an agent the opposite of what is right for minutes, and counts who was shown what it learned from that. */
export async function poisonAttack(options: AttackOptions): Promise<boolean> {
  const { minutes, honestSeconds, pace, host, signal } = options;
  const report = attackReport("poison", "judgements turned around", options);
  const stepsPerSecond = pace || PACE;
  const inverted = Math.max(1, Math.round(minutes * 60 * stepsPerSecond));
  const secrets = [crypto.getRandomValues(new Uint8Array(32))];
  await using service = await openService(
    resolveServiceConfiguration(loadConfiguration({ kind: "sqlite", path: ":memory:" })),
    localMachine(secrets, host.machine.eddy),
  );
  const { right, episodes, tainted, frozenAfter, reasons } = await poison({
    service,
    agent: LOAD_AGENT,
    question: loadQuestions(),
    honest: honestSeconds * stepsPerSecond,
    inverted,
    pace,
    now: () => host.now(),
    onStep: (phase, step) => step % stepsPerSecond === 0 && report.progress(`${phase}, judged step ${step}`),
    signal,
  });
  const share = (count: number): string => `${(100 * count / Math.max(1, episodes)).toFixed(2)} %`;
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  report.result({ inverted, right, episodes, tainted, frozenAfter, reasons }, [
    `${inverted.toLocaleString("en-US")} lies; ${share(tainted.incumbent)} of ${
      episodes.toLocaleString("en-US")
    } episodes since saw a version on duty that had learned from one, ${share(tainted.canary)} one on trial`,
    `right: ${percent(right.before)} before, ${percent(right.inverted)} while lied to, ${percent(right.after)} after`,
    frozenAfter === undefined ? "learning never froze" : `learning froze after ${frozenAfter} lies`,
    ...reasons,
  ]);
  return tainted.incumbent === 0;
}
