import type { Host } from "./host.ts";

/** One word after `eddy`: what it takes and what it does. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What stands without a flag. */
  readonly operand?: { readonly name: string; readonly meaning: string; readonly many?: boolean };
  readonly flags: Readonly<Record<string, Flag>>;
  /** Whole command lines with what they do, for the help. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** @returns The exit code. */
  run(call: Call, host: Host): Promise<number>;
}

/** One flag of a command. */
export interface Flag {
  readonly type: "string" | "boolean";
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** What to write after it, in the help: `N`, `FOLDER`. */
  readonly value?: string;
  readonly meaning: string;
}

/** What was typed, read. */
export interface Call {
  readonly operand?: string;
  /** All that stands without a flag, in order. */
  readonly operands: readonly string[];
  /** The last value of a flag. */
  text(flag: string): string | undefined;
  /** All values of a flag that may be repeated. */
  texts(flag: string): readonly string[];
  /** Whether a flag without value was given. */
  given(flag: string): boolean;
  /** Everything after the command's name, for the record. */
  readonly words: readonly string[];
}
