import type { DoneEvent, TrainConfiguration } from "../../learning/mod.ts";
import { clock, plainText } from "./format.ts";
import type { Paint } from "./paint.ts";

/** The last words of a run: what was reached, where it lies, what to do next. */
export function summary(done: DoneEvent, configuration: TrainConfiguration, paint: Paint): string {
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const curve = [
    `${share(done.untrained)} untrained`,
    ...(configuration.warmStart.updates > 0 && configuration.reinforcement.updates > 0
      ? [`${share(done.warmStart)} after the warm start`]
      : []),
    paint.bold(paint.green(`${share(done.success)} now`)),
  ];
  return [
    "",
    `Success on held-out tasks: ${curve.join(" → ")}`,
    paint.dim(
      `${clock(done.seconds)}, ${done.updates} updates, ${
        done.tokens.toLocaleString("en-US")
      } tokens, seed ${done.seed}`,
    ),
    "",
    ...(done.checkpoint ? [`  checkpoint  ${plainText(done.checkpoint)}`] : []),
    ...(done.report ? [`  report      ${plainText(done.report)}`] : []),
    "",
    paint.dim("Next"),
    ...(done.checkpoint ? [`  deno task eval ${plainText(done.checkpoint)}`] : []),
    `  deno task train --preset ${configuration.preset} --seed ${done.seed + 1}`,
    ...(done.checkpoint && configuration.reinforcement.updates > 0
      ? [
        `  deno task train --resume ${plainText(configuration.out)} --updates ${
          configuration.reinforcement.updates * 2
        }`,
      ]
      : []),
    "",
  ].join("\n");
}
