import type { RemoteTool } from "../../policy/mod.ts";
import type { LearnedFunction } from "./learned_function.ts";

const NAME = { type: "string", description: "Name of the function." };
const DRAFT = {
  name: NAME,
  description: { type: "string", description: "What it does, in a sentence." },
  arguments: {
    type: "string",
    description: 'JSON schema of the arguments, as text. For example: {"price": {"type": "number"}}',
  },
  packages: { type: "string", description: "Leave empty: there are none." },
  code: {
    type: "string",
    description: "JavaScript, one expression that is a function of one object: ({ price, count }) => price * count. " +
      "No imports, no network, no clock.",
  },
};
const REQUIRED = ["name", "description", "arguments", "code"];

/** What a model is offered that improves an agent's functions; it ends with the word TERMINATE. */
export const FUNCTION_ACTION_TOOLS: readonly RemoteTool[] = [
  tool("add_function", "Adds a function.", DRAFT, REQUIRED),
  tool("revise_function", "Replaces a function by another of the same name.", DRAFT, REQUIRED),
  tool("remove_function", "Removes a function.", { name: NAME }, ["name"]),
];

/** An agent's own functions as it is offered them. */
export function functionTools(functions: readonly LearnedFunction[]): RemoteTool[] {
  return functions.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters: parameters as unknown as Record<string, unknown> },
  }));
}

function tool(
  name: string,
  description: string,
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): RemoteTool {
  const parameters = { type: "object", properties, required, additionalProperties: false };
  return { type: "function", function: { name, description, parameters } };
}
