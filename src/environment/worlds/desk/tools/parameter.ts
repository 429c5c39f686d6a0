import { idDigits } from "../id_digits.ts";
import type { ToolParameter } from "../../../../episode/mod.ts";

/** The three kinds of argument: an id of one letter and digits, a word of a closed list, a bounded integer. */
export const parameter = {
  id: (prefix: string): ToolParameter => ({ type: "string", pattern: `^${prefix}[0-9]{${idDigits}}$` }),
  oneOf: (list: readonly string[]): ToolParameter => ({ type: "string", enum: list }),
  integer: (minimum: number, maximum: number): ToolParameter => ({ type: "integer", minimum, maximum }),
} as const;
