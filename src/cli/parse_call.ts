import { parseArgs } from "node:util";
import { EddyError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Call, Command } from "./command.ts";

/**
 * Reads the words after a command's name.
 *
 * @throws {EddyError} `configuration_invalid` If a flag is unknown (the nearest is named), lacks its value or has one too
 * many, or if a word is left over.
 */
export function parseCall(command: Pick<Command, "name" | "operand" | "flags">, words: readonly string[]): Call {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined;
    if (!flag) throw unknownFlag(command, token.rawName);
    // A word that looks like a flag is one: `--out --json` forgot the folder.
    const value = !token.inlineValue && token.value?.startsWith("--") ? undefined : token.value;
    if (flag.type === "string" && !value) {
      throw refuse(`Cannot use flag '--${token.name}': it needs a value, ${flag.value ?? "TEXT"}`);
    }
    if (flag.type === "boolean" && value !== undefined) {
      throw refuse(`Cannot use flag '--${token.name}': it takes no value, got '${value}'`);
    }
    values.set(token.name, [...(values.get(token.name) ?? []), value ?? ""]);
  }
  const allowed = command.operand ? command.operand.many ? Infinity : 1 : 0;
  if (operands.length > allowed) {
    throw refuse(`Cannot use '${operands[allowed]}': 'eddy ${command.name}' takes ${allowed || "no"} such word`);
  }
  return {
    operand: operands[0],
    operands,
    text: (flag) => values.get(flag)?.at(-1),
    texts: (flag) => values.get(flag) ?? [],
    given: (flag) => values.has(flag),
    words,
  };
}

function unknownFlag(command: Pick<Command, "name" | "flags">, written: string): EddyError {
  const known = nearest(written.replace(/^-+/, ""), [...Object.keys(command.flags), "help"]);
  return refuse(`Cannot use flag '${written}': 'eddy ${command.name}' does not know it; did you mean '--${known}'?`);
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
