import type { Host } from "../host.ts";
import { clock, figure, metricName, plainText } from "./format.ts";
import type { View } from "./view.ts";

const SECONDS_BETWEEN_UPDATES = 5;

/** Lines for logs and pipes: each evaluation, and an update about every five seconds. */
export function plainView(host: Host): View {
  let last = -Infinity;
  const line = (text: string): void => host.stdout.write(`${plainText(text)}\n`);
  return {
    event(event): void {
      if (event.event === "start") {
        const { preset, seed, parameters, workers, instructionSet } = event;
        line(
          `${preset}: seed ${seed}, ${
            parameters > 0 ? `${parameters.toLocaleString("en-US")} parameters, ` : ""
          }workers ${workers}, ${instructionSet}`,
        );
      } else if (event.event === "evaluation") {
        const { seconds, phase, update, success, episodes, meanReturn } = event;
        const when = phase === "untrained" ? phase : `${phase} ${update}`;
        line(
          `${clock(seconds)} ${when}: success ${success.toFixed(3)} over ${episodes} episodes, return ${
            figure(meanReturn)
          }`,
        );
      } else if (event.event === "update" && event.seconds - last >= SECONDS_BETWEEN_UPDATES) {
        last = event.seconds;
        const metrics = Object.entries(event.metrics).map(([key, value]) => `${metricName(key)} ${figure(value)}`);
        line(`${clock(event.seconds)} ${event.phase} ${event.update}/${event.updates}: ${metrics.join(", ")}`);
      }
    },
    note: line,
    close(): void {},
  };
}
