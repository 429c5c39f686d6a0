import type { TuneEvent, TunePlanEvent } from "../../learning/mod.ts";
import type { Host } from "../host.ts";
import { clock, figure } from "../progress/format.ts";

/** Time between two lines of updates, in a log. */
const SECONDS_BETWEEN_UPDATES = 5;

/** Tells a run as lines; in a terminal the last update stands in the last line. */
export function tuneLines(host: Host): (event: TuneEvent) => void {
  const { isTerminal } = host.stdout;
  let last = -Infinity;
  let open = false;
  const line = (text: string): void => {
    host.stdout.write(`${open ? "\r\x1b[2K" : ""}${text}\n`);
    open = false;
  };
  return (event) => {
    if (event.event === "plan") planLines(event).forEach(line);
    else if (event.event === "evaluation") {
      line(`${clock(event.seconds)} update ${event.update}: held-out loss ${figure(event.heldOutLoss)}`);
    } else {
      const { seconds, update, updates, loss, tokensPerSecond, secondsLeft } = event;
      const isLast = update === updates;
      const text =
        `${clock(seconds)} ${update}/${updates}: loss ${figure(loss)}, ${figure(tokensPerSecond)} tokens/s, ` +
        `${clock(secondsLeft)} left`;
      if (isTerminal && !isLast) {
        host.stdout.write(`\r\x1b[2K${text}`);
        open = true;
      } else if (isLast || seconds - last >= SECONDS_BETWEEN_UPDATES) {
        last = seconds;
        line(text);
      }
    }
  };
}

/** What a run will learn. */
function planLines(event: TunePlanEvent): readonly string[] {
  const { conversations, heldOut, leftOut, tokens, learnedTokens, unended, updates, parameters, bytes } = event;
  const many = (count: number): string => count.toLocaleString("en-US");
  return [
    `${many(conversations)} conversations, ${many(heldOut)} held out${
      leftOut > 0 ? `, ${many(leftOut)} too long` : ""
    }`,
    `${many(tokens)} tokens an epoch, ${many(learnedTokens)} of them learned; ${many(updates)} updates`,
    ...(unended > 0
      ? [`in ${many(unended)} answers the chat template writes no end: the model will not learn to stop there`]
      : []),
    `${many(parameters)} of ${many(event.baseParameters)} numbers learn; ${
      (bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0)
    } MiB, and what a batch needs`,
  ];
}
