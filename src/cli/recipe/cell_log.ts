import { EddyError } from "../../errors.ts";
import { contentHashOf } from "../../policy/mod.ts";
import type { CellRecord, Profile } from "../../recipe/mod.ts";
import type { Host } from "../host.ts";

/** Finished cells, kept in a run's folder as one object a line: what a run goes on with after an interruption. */
export interface CellLog {
  /** Those that an earlier run of the same recipe has finished. */
  readonly kept: readonly CellRecord[];
  /** Keeps one more. */
  add(cell: CellRecord): void;
}

/** What a cell's result depends on, beside arm, seed and settings. */
export interface CellOrigin {
  /** The recipe's text: another text is another recipe. */
  readonly text: string;
  readonly profile: Profile;
  readonly data?: string;
  /** Eddy's version. */
  readonly eddy: string;
}

/**
 * Opens the cells kept in `folder`. Cells of another text, budget, task count, file or version stay there and are not used.
 *
 * @throws {EddyError} `data_invalid` If a line other than the last is broken.
 */
export async function openCellLog(folder: string, origin: CellOrigin, host: Host): Promise<CellLog> {
  const path = `${folder}/cells.jsonl`;
  const { text, profile: { budget, tasks }, data, eddy } = origin;
  const hash = contentHashOf(new TextEncoder().encode(JSON.stringify([text, budget, tasks, data, eddy])));
  const lines = (await host.readText(path) ?? "").split("\n");
  const whole = lines.flatMap((line, index) => readLine(line, index === lines.length - 1, `${path}:${index + 1}`));
  await host.writeText(path, whole.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return {
    kept: whole.filter((line) => line.origin === hash).map(({ cell }) => cell),
    add: (cell) => host.appendText(path, `${JSON.stringify({ origin: hash, cell } satisfies Line)}\n`),
  };
}

interface Line {
  readonly origin: string;
  readonly cell: CellRecord;
}

/** The last line may have been cut short. */
function readLine(line: string, last: boolean, where: string): Line[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Line];
  } catch (cause) {
    if (last) return [];
    throw new EddyError("data_invalid", `Cannot go on: ${where} is broken; take the file away to begin anew`, {
      cause,
    });
  }
}
