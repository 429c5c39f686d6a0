import type { Tool } from "../episode/mod.ts";
import { choice, digits, type Grammar, integer, sequence, text } from "./grammar.ts";

type ToolParameter = Tool["parameters"]["properties"][string];

/** The grammar of one tool's calls: fixed texts with open values between them. */
export function toolGrammar(tool: Tool): { readonly literals: readonly string[]; readonly values: readonly Grammar[] } {
  const literals = [`<tool_call>{"name": ${JSON.stringify(tool.name)}, "arguments": {`];
  const values: Grammar[] = [];
  for (const [index, [name, parameter]] of Object.entries(tool.parameters.properties).entries()) {
    const { before, prefix, value, after } = valueGrammar(tool, name, parameter);
    literals[literals.length - 1] += `${index > 0 ? ", " : ""}${JSON.stringify(name)}: ${before}`;
    if (index === 0) {
      // only here: a tool's opening is no other's beginning, so the longest match finds it
      literals[0] += prefix;
      values.push(value);
    } else {
      values.push(sequence(text(prefix), value));
    }
    literals.push(after);
  }
  literals[literals.length - 1] += "}}</tool_call>";
  return { literals, values };
}

/** What stands before an open value, what it always begins with, what it may be, and what stands after it. */
function valueGrammar(
  tool: Tool,
  name: string,
  parameter: ToolParameter,
): { before: string; prefix: string; value: Grammar; after: string } {
  const refuse = (state: string) =>
    new RangeError(`Cannot constrain argument '${name}' of tool '${tool.name}': ${state}`);
  if (parameter.type === "integer") {
    if (!(parameter.minimum <= parameter.maximum)) throw refuse("minimum is above maximum");
    return { before: "", prefix: "", value: integer(parameter.minimum, parameter.maximum), after: "" };
  }
  if ("enum" in parameter) {
    if (parameter.enum.length === 0) throw refuse("its list of values is empty");
    const inner = (value: string) => text(JSON.stringify(value).slice(1, -1));
    return { before: '"', prefix: "", value: choice(...parameter.enum.map(inner)), after: '"' };
  }
  const parts = parameter.pattern.match(/^\^([^\\^$.*+?()[\]{}|]*)\[0-9\]\{(\d+)\}\$$/);
  if (!parts) throw refuse(`pattern '${parameter.pattern}' is not of the form '^PREFIX[0-9]{n}$'`);
  const prefix = JSON.stringify(parts[1]).slice(1, -1);
  return { before: '"', prefix, value: digits(Number(parts[2])), after: '"' };
}

/** All calls of all tools. */
export function toolsGrammar(tools: readonly Tool[]): Grammar {
  return choice(...tools.map((tool) => {
    const { literals, values } = toolGrammar(tool);
    return sequence(...literals.flatMap((literal, index) => [text(literal), ...values.slice(index, index + 1)]));
  }));
}
