import type { Host } from "../host.ts";
import { type ReportContent, reportPage } from "./report_page.ts";

/** Writes a run's report to `path`, with this machine's name and today's date on it. */
export async function writeReport(
  path: string,
  content: Omit<ReportContent, "machine" | "date">,
  host: Host,
): Promise<void> {
  await host.writeText(path, reportPage({ ...content, machine: host.machine, date: host.date() }));
}
