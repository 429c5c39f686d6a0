import type { ConstraintSpec } from "../constraint_spec.ts";
import { ecmaExpression } from "./ecma_expression.ts";
import { gbnfToLark } from "./gbnf_to_lark.ts";
import { invalidConstraint } from "./invalid_constraint.ts";
import { supportedSchema } from "./supported_schema.ts";
import { type ToolCallGrammar, toolCallLark } from "./tool_call_lark.ts";
import { wholeText } from "./whole_text.ts";

const LONGEST_GRAMMAR = 2 ** 18;
const MOST_CHOICES = 10_000;

/**
 * What may be written as one grammar in the syntax of Lark; of calls of tools what stands before them, too.
 *
 * @param tokenId The token of a text, where there is one.
 * @throws {EddyError} `constraint_invalid` If it is broken or cannot be honoured.
 */
export function larkOf(spec: ConstraintSpec, tokenId: (text: string) => number | undefined): ToolCallGrammar {
  const given = ["jsonSchema", "regex", "grammar", "choices", "toolCalls"].filter((key) => Object.hasOwn(spec, key));
  if (given.length !== 1) {
    throw invalidConstraint(
      `expected one of jsonSchema, regex, grammar, choices and toolCalls, got ${given.join(" and ") || "none"}`,
    );
  }
  if ("toolCalls" in spec) return toolCallLark(spec, tokenId, json);
  return { lark: textLark(spec) };
}

function textLark(spec: Exclude<ConstraintSpec, { readonly toolCalls: unknown }>): string {
  if ("jsonSchema" in spec) return `start: ${json(supportedSchema(spec.jsonSchema), ",", ":")}`;
  if ("regex" in spec) return expression(text(spec.regex, "regex"));
  if ("choices" in spec) return choices(spec.choices);
  const grammar = text(spec.grammar, "grammar");
  if (grammar.length > LONGEST_GRAMMAR) {
    throw invalidConstraint(`the grammar has ${grammar.length} characters, at most ${LONGEST_GRAMMAR} are supported`);
  }
  const { syntax = "gbnf" } = spec;
  if (syntax !== "gbnf" && syntax !== "lark") {
    throw invalidConstraint(`syntax is '${syntax}', expected 'gbnf' or 'lark'`);
  }
  return syntax === "lark" ? grammar : gbnfToLark(grammar);
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalidConstraint(`${name} is no text`);
  return value;
}

function expression(pattern: string): string {
  const source = ecmaExpression(pattern, false);
  return wholeText(source, new RegExp(`^(?:${pattern})$`).test(""));
}

function json(schema: unknown, item: string, key: string): string {
  const options = { whitespace_flexible: false, item_separator: item, key_separator: key };
  return `%json ${JSON.stringify({ ...schema as object, "x-guidance": options })}`;
}

function choices(list: readonly string[]): string {
  if (!Array.isArray(list) || list.length === 0 || list.some((each) => typeof each !== "string")) {
    throw invalidConstraint("choices are no list of texts");
  }
  if (list.length > MOST_CHOICES) {
    throw invalidConstraint(`there are ${list.length} choices, at most ${MOST_CHOICES} are supported`);
  }
  const escaped = list.map((each) => [...each].map(escape).join(""));
  return wholeText(escaped.join("|"), escaped.includes(""));
}

function escape(character: string): string {
  if (/[0-9A-Za-z ]/.test(character)) return character;
  const point = character.codePointAt(0)!;
  if (point >= 0xd800 && point < 0xe000) throw invalidConstraint("a choice has half a character");
  return `\\x{${point.toString(16)}}`;
}
