import type { FeedbackStatus } from "../episode/mod.ts";
import type { Database } from "./database.ts";
import type { AgentMemory, Memory } from "./memory.ts";
import type { JournalRow, Unit } from "./schema.ts";

/** The journal of one agent inside a transaction that is its only writer. */
export interface Journal {
  /** The agent. */
  readonly agent: string;
  /** What the process remembers of it. */
  readonly memory: AgentMemory;
  /** Feedback that waits for its step. */
  readonly early: number;
  /** Last place given out. */
  readonly last: number;
  /** Gives out the next place. */
  next(): number;
  /** Places up to this one are taken. */
  raise(sequence: number): void;
  /** Counts what became of feedback. */
  count(what: FeedbackStatus | "duplicate" | "conflict", by?: number): void;
  /** Takes a judged reward into the mean of its metric. */
  weigh(metric: string, reward: number): void;
  /** Mean of the judged rewards of a metric; nothing before the first. */
  mean(metric: string): number | undefined;
}

/** Journals of a transaction by agent. */
export interface Journals {
  /** One that was locked. */
  of(agent: string): Journal;
  /** Writes what changed. */
  save(): Promise<void>;
}

/** Number and sum of rewards by metric. */
type Judged = Record<string, [count: number, sum: number]>;

/** Locks the journals of agents for this transaction. */
export async function lockJournals(
  database: Database,
  unit: Unit,
  memory: Memory,
  agents: readonly string[],
): Promise<Journals> {
  const rows = agents.length === 0 ? [] : await database.lock(unit, agents);
  const open = new Map(rows.map((row) => [row.agent, openJournal(row, memory.of(row))]));
  return {
    of: (agent) => open.get(agent)!.journal,
    async save(): Promise<void> {
      for (const { row, judged, isChanged } of open.values()) {
        if (!isChanged()) continue;
        const { agent, forgets: _, ...totals } = row;
        await unit.updateTable("journals").set({ ...totals, judged: JSON.stringify(judged) })
          .where("agent", "=", agent).execute();
      }
    },
  };
}

function openJournal(row: JournalRow, memory: AgentMemory): {
  row: JournalRow;
  judged: Judged;
  journal: Journal;
  isChanged: () => boolean;
} {
  let changed = false;
  const judged = JSON.parse(row.judged) as Judged;
  const journal: Journal = {
    agent: row.agent,
    memory,
    get early(): number {
      return row.early;
    },
    get last(): number {
      return row.last_sequence;
    },
    next(): number {
      changed = true;
      return ++row.last_sequence;
    },
    raise(sequence: number): void {
      changed = true;
      row.last_sequence = Math.max(row.last_sequence, sequence);
    },
    count(what: FeedbackStatus | "duplicate" | "conflict", by = 1): void {
      changed = true;
      row[what] += by;
    },
    weigh(metric: string, reward: number): void {
      changed = true;
      const [count, sum] = Object.hasOwn(judged, metric) ? judged[metric] : [0, 0];
      judged[metric] = [count + 1, sum + reward];
    },
    mean(metric: string): number | undefined {
      if (!Object.hasOwn(judged, metric)) return undefined;
      const [count, sum] = judged[metric];
      return sum / count;
    },
  };
  return { row, judged, journal, isChanged: () => changed };
}
