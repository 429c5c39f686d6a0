import { EddyError } from "../errors.ts";
import type { TrainingEvent } from "../learning/mod.ts";
import type { Host } from "./host.ts";

/** The events of a run, kept in its folder as one object a line: what its report is made of. */
export interface RunLog {
  readonly events: readonly TrainingEvent[];
  add(event: TrainingEvent): void;
}

/** Begins the log of a new run, or takes up that of a resumed one at its last checkpoint. */
export async function openRunLog(folder: string, resumed: boolean, host: Host): Promise<RunLog> {
  const path = `${folder}/events.jsonl`;
  const kept = resumed && await host.readText(path) !== undefined ? await readRunLog(folder, host) : [];
  const events = untilCheckpoint(kept);
  await host.writeText(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return {
    events,
    add(event): void {
      events.push(event);
      host.appendText(path, `${JSON.stringify(event)}\n`);
    },
  };
}

/**
 * The events of the run in `folder`. A last line that a crash cut short is left out.
 *
 * @throws {EddyError} `data_missing` If there are none, `data_invalid` If another line is broken.
 */
export async function readRunLog(folder: string, host: Host): Promise<TrainingEvent[]> {
  const text = await host.readText(`${folder}/events.jsonl`);
  if (text === undefined) {
    throw new EddyError("data_missing", `Cannot read the run '${folder}': it holds no events.jsonl`);
  }
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as TrainingEvent];
    } catch (cause) {
      if (index === lines.length - 1) return [];
      const message = `Cannot read the run '${folder}': line ${index + 1} of events.jsonl is broken`;
      throw new EddyError("data_invalid", message, { cause });
    }
  });
}

/** What came after the last checkpoint will happen again. Episodes and `done` belong to the end of a run. */
function untilCheckpoint(events: readonly TrainingEvent[]): TrainingEvent[] {
  const last = events.findLastIndex(({ event }) => event === "checkpoint");
  return events.slice(0, last + 1).filter((event) =>
    event.event !== "done" && !(event.event === "episode" && event.when === "after")
  );
}
