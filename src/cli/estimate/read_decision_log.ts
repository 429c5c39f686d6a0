import { EddyError } from "../../errors.ts";
import type { KeptEpisode } from "../../store/mod.ts";
import { isDsjson, readDsjson } from "./dsjson.ts";
import { isEddyExport, metricsOf, readEddyExport, theMetric } from "./eddy_export.ts";
import { badLine, type DecisionLog, type LineReading } from "./logged_decision.ts";
import { isOpenBandit, readOpenBandit } from "./open_bandit.ts";

/**
 * Reads a log of decisions, whichever of the known formats it has: Eddy's export, DSJSON, or Open Bandit's CSV.
 *
 * @param text The whole file. @param metric Which reward of Eddy's export counts; needed where there are several.
 * @throws {EddyError} `data_invalid` If a line cannot be read, or the format is none of these.
 */
export function readDecisionLog(text: string, metric?: string): DecisionLog {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === "") lines.pop();
  if (lines.length === 0) throw new EddyError("data_invalid", "Cannot estimate: the log is empty");
  if (isOpenBandit(lines[0])) {
    return { format: "Open Bandit", decisions: readOpenBandit(lines[0], lines.slice(1)), skipped: new Map() };
  }
  const objects = lines.flatMap((line, at) =>
    line.trim() === "" ? [] : [{ value: parsed(line, at + 1), line: at + 1 }]
  );
  const first = objects[0].value;
  if (isEddyExport(first)) {
    const strange = objects.find(({ value }) => !isEddyExport(value));
    if (strange) throw badLine(strange.line, "is no episode: 'steps' or 'rewards' is missing");
    const episodes = objects as unknown as { value: KeptEpisode; line: number }[];
    const chosen = theMetric(new Set(episodes.flatMap(({ value }) => metricsOf(value))), metric);
    const readings = episodes.flatMap(({ value, line }) => readEddyExport(value, chosen, line));
    return { format: "Eddy's export", ...collected(readings) };
  }
  if (isDsjson(first)) {
    return { format: "DSJSON", ...collected(objects.map(({ value, line }) => readDsjson(value, line))) };
  }
  throw new EddyError(
    "data_invalid",
    "Cannot estimate: the log is neither what 'eddy export' writes, nor DSJSON, nor a CSV of Open Bandit",
  );
}

function parsed(text: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badLine(line, "is not JSON", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badLine(line, "is no JSON object");
}

function collected(readings: readonly LineReading[]): Pick<DecisionLog, "decisions" | "skipped"> {
  const skipped = new Map<string, number>();
  for (const { skipped: reason } of readings) if (reason) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  return { decisions: readings.flatMap(({ decisions }) => decisions), skipped };
}
