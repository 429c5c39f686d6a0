import { badLine, decisionOf, type LineReading } from "./logged_decision.ts";

interface Slot {
  readonly _label_cost?: number;
  readonly _a?: readonly number[];
  readonly _p?: readonly number[];
}
interface Event extends Slot {
  readonly _label_probability?: number;
  readonly _label_Action?: number;
  readonly a?: readonly number[];
  readonly p?: readonly number[];
  readonly pdrop?: number;
  readonly _skipLearn?: boolean;
  readonly _outcomes?: readonly Slot[];
}

/** Whether a line is an event of Vowpal Wabbit's decision service. */
export function isDsjson(event: Readonly<Record<string, unknown>>): boolean {
  return "_label_cost" in event || "_outcomes" in event || "EventId" in event;
}

/**
 * Reads an event of Vowpal Wabbit's decision service (DSJSON): contextual bandits, and each slot of conditional ones.
 *
 * The reward is the cost with its sign turned; actions are called by their number, from 1.
 *
 * @throws {EddyError} `data_invalid` If it is a slates event (one cost for several choices), was subsampled, or is broken.
 */
export function readDsjson(event: Event, line: number): LineReading {
  if (event.pdrop !== undefined && event.pdrop !== 0) {
    throw badLine(line, `was kept by chance (pdrop ${event.pdrop}): write the log without dropping`);
  }
  if (event._skipLearn) return { decisions: [], skipped: "not activated" };
  if (event._outcomes) {
    if (event._label_cost !== undefined) {
      throw badLine(line, "has one cost for several choices (slates): its value is no mean over choices");
    }
    return { decisions: event._outcomes.map((slot) => slotDecision(slot, line)) };
  }
  if (event._label_cost === undefined) return { decisions: [], skipped: "no outcome" };
  const { a = [], _label_Action: taken = a[0] } = event;
  const propensity = event._label_probability ?? event.p?.[a.indexOf(taken)] ?? NaN;
  const reward = -event._label_cost || 0; // no −0
  return { decisions: [decisionOf({ candidates: numbered(a), choice: taken - 1, propensity, reward }, line)] };
}

function slotDecision({ _a = [], _p = [], _label_cost = NaN }: Slot, line: number): LineReading["decisions"][number] {
  // A slot lists what was left for it, what was chosen first.
  const candidates = [..._a].sort((x, y) => x - y).map((action) => `${action + 1}`);
  const choice = candidates.indexOf(`${_a[0] + 1}`);
  return decisionOf({ candidates, choice, propensity: _p[0] ?? NaN, reward: -_label_cost || 0 }, line);
}

function numbered(actions: readonly number[]): string[] {
  return actions.map((_, index) => `${index + 1}`);
}
