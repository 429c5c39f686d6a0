import type { AgentStatus } from "../../learning/mod.ts";
import type { ServiceConfiguration } from "../../service/mod.ts";
import { clock, figure, plainText } from "../progress/format.ts";
import type { Paint } from "../progress/paint.ts";

/** What a demonstration has come to. */
export interface DemoOutcome {
  /** Accuracy on held-out utterances, without exploring, before and after. */
  readonly before: number;
  readonly after: number;
  readonly judged: number;
  /** Judged steps that it was to come to; fewer are judged when it is stopped. */
  readonly total: number;
  /** Share of right choices while learning. */
  readonly progressive: number;
  readonly seconds: number;
  readonly judgedPerSecond: number;
  readonly decisionMs: { readonly p50: number; readonly p99: number };
  readonly feedbackMs: { readonly p50: number; readonly p99: number };
  readonly status: AgentStatus;
  readonly address: string;
  readonly out: string;
  /** Whether the service goes on until Ctrl-C. */
  readonly stays: boolean;
}

/** The last words of a demonstration: what was reached, where to look, how to go on with one's own. */
export function demoSummary(outcome: DemoOutcome, { store }: ServiceConfiguration, paint: Paint): string {
  const { before, after, judged, total, progressive, seconds, judgedPerSecond, decisionMs, feedbackMs, status } =
    outcome;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const count = (value: number): string => value.toLocaleString("en-US");
  const stopped = judged < total ? [`Stopped after ${count(judged)} of ${count(total)} judged steps.`] : [];
  const reached = judged === 0 ? [] : [
    `Right on held-out utterances: ${share(before)} → ${paint.bold(paint.green(share(after)))}; ${
      share(progressive)
    } of the choices while learning were right`,
    paint.dim(
      `${count(judged)} judged steps in ${clock(seconds)}, ${
        figure(judgedPerSecond)
      } a second with the client beside; decision p50 ${figure(decisionMs.p50)} ms, p99 ${
        figure(decisionMs.p99)
      }; judgement on disk p50 ${figure(feedbackMs.p50)} ms, p99 ${figure(feedbackMs.p99)}`,
    ),
    plainText(status.health),
  ];
  return [
    "",
    ...stopped,
    ...reached,
    "",
    ...(outcome.stays ? [`  dashboard  ${outcome.address}   until Ctrl-C`] : []),
    ...(store.kind === "sqlite" ? [`  kept in    ${plainText(store.path)}`] : []),
    "",
    paint.dim("Next"),
    "  deno task init      a configuration for an agent of your own, with comments",
    "  deno task serve     serves it; POST /v1/decisions asks, POST /v1/feedback judges",
    "",
  ].join("\n");
}
