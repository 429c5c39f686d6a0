import { badLine, decisionOf, type LoggedDecision } from "./logged_decision.ts";

/** Whether a line is the head of an Open Bandit file. */
export function isOpenBandit(head: string): boolean {
  const columns = head.split(",");
  return columns.includes("item_id") && columns.includes("click") && propensityColumn(columns) >= 0;
}

/**
 * Reads a file of the Open Bandit data set: one impression a line.
 *
 * The reward is the click; actions are items, by their number from 0, and every item up to the largest seen could have been
 * shown.
 *
 * @param lines All but the head.
 * @throws {EddyError} `data_invalid` If a line is broken.
 */
export function readOpenBandit(head: string, lines: readonly string[]): LoggedDecision[] {
  const columns = head.split(",");
  const [item, click, propensity] = [columns.indexOf("item_id"), columns.indexOf("click"), propensityColumn(columns)];
  const rows = lines.map((text, at) => {
    const fields = text.split(",");
    if (fields.length !== columns.length) {
      throw badLine(at + 2, `has ${fields.length} fields where the head has ${columns.length}`);
    }
    return { choice: cell(fields[item]), propensity: cell(fields[propensity]), reward: cell(fields[click]) };
  });
  const items = rows.reduce((most, { choice }) => Math.max(most, choice), -1) + 1;
  const candidates = Array.from({ length: items || 0 }, (_, index) => `${index}`);
  return rows.map((row, at) => decisionOf({ ...row, candidates }, at + 2));
}

function propensityColumn(columns: readonly string[]): number {
  return columns.findIndex((name) => name === "propensity_score" || name === "action_prob");
}

/** A number; an empty field is none, not 0. */
function cell(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
