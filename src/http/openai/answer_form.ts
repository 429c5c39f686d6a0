import type { AgentConfiguration, ServedAgent } from "../../agent/mod.ts";
import type { Tool } from "../../episode/mod.ts";
import { formatToolCall, parseToolCall, type ToolCall } from "../../language/mod.ts";
import { allowedTools } from "./allowed_tools.ts";
import type { ChatRequest } from "./chat_request.ts";
import { closedValues, isSchema, type JsonSchema } from "./closed_values.ts";
import { invalidParameter } from "./invalid_parameter.ts";
import { toolFromSchema } from "./tool_from_schema.ts";

/** How an agent is asked, and how its action is told to the client. */
export interface AnswerForm {
  /** What may be chosen; the agent's own candidates, or what it writes, unless given. */
  readonly candidates?: readonly string[];
  /** What may be called, for an agent that writes tool calls. */
  readonly tools?: readonly Tool[];
  /** An action as the client reads it. */
  tell(action: string): ToldAction;
}

/** An action as a client reads it. `arguments` is JSON. */
export type ToldAction =
  | { readonly kind: "content"; readonly content: string }
  | { readonly kind: "tool_call"; readonly name: string; readonly arguments: string };

/** One agent of the application. */
export interface NamedAgent {
  /** How it is set up. */
  readonly configuration: AgentConfiguration;
  /** What answers. */
  readonly served: ServedAgent;
}

type Asked = Pick<ChatRequest, "tools" | "tool_choice" | "response_format" | "eddy">;
type RequestTool = NonNullable<ChatRequest["tools"]>[number];

/**
 * Decides how a request is put to an agent. In this order: `eddy.candidates`, `response_format`, `tools`, then what the
 * agent's configuration or its world says.
 *
 * @throws {OpenAiError} 400 If the request asks for an answer that the agent cannot give.
 */
export function answerForm(agent: NamedAgent, asked: Asked): AnswerForm {
  const { eddy, response_format: format } = asked;
  const tools = allowedTools(asked);
  if (eddy.candidates) return { candidates: eddy.candidates, tell: tellContent };
  if (format?.type === "json_object") {
    throw invalidParameter("response_format", `Cannot answer: ${NO_CHOICE}`, "unsupported_value");
  }
  if (format?.type === "json_schema") {
    if (tools.length > 0) {
      throw invalidParameter("response_format", "Cannot answer: ask for either `tools` or a `response_format`");
    }
    return schemaForm(agent, format.json_schema.schema);
  }
  if (tools.length > 0) return agent.served.kind === "transformer" ? writtenCalls(tools) : chosenCalls(tools);
  return { tell: asked.tool_choice === "none" ? tellContent : tellWritten };
}

const NO_CHOICE = "`response_format` must be a JSON schema that is a closed choice (`enum`, `const`, booleans, " +
  "alternatives, or an object of those with all properties required) or, for an agent that writes tool calls, an object " +
  "`{ name, arguments }`";

const tellContent = (action: string): ToldAction => ({ kind: "content", content: action });

/** What an agent wrote by itself: a call where it is one. */
function tellWritten(action: string): ToldAction {
  const call = parseToolCall(action);
  return call ? toldCall(call) : tellContent(action);
}

function toldCall({ name, arguments: values }: ToolCall): ToldAction {
  return { kind: "tool_call", name, arguments: JSON.stringify(values) };
}

function schemaForm({ served }: NamedAgent, schema: JsonSchema): AnswerForm {
  const tools = served.kind === "transformer" ? callSchemas(schema).map(toolOfCallSchema) : [];
  if (tools.length > 0) {
    return {
      tools,
      tell: (action) => tellContent(JSON.stringify(parseToolCall(action) ?? action)),
    };
  }
  const values = closedValues(schema);
  if (!values) throw invalidParameter("response_format", `Cannot answer: ${NO_CHOICE}`, "unsupported_value");
  const byLabel = new Map(values.map(({ label, value }) => [label, JSON.stringify(value)]));
  return { candidates: [...byLabel.keys()], tell: (action) => tellContent(byLabel.get(action) ?? action) };
}

/** The alternatives of a schema, if each is an object `{ name, arguments }` with a fixed name. */
function callSchemas(schema: JsonSchema): readonly { readonly name: string; readonly parameters: JsonSchema }[] {
  const alternatives = schema.anyOf ?? schema.oneOf ?? [schema];
  if (!Array.isArray(alternatives)) return [];
  const calls = alternatives.map((one) => {
    const properties = isSchema(one) && isSchema(one.properties) ? one.properties : {};
    const { name, arguments: parameters, ...others } = properties;
    if (!isSchema(name) || !isSchema(parameters) || Object.keys(others).length > 0) return undefined;
    const named = "const" in name ? name.const : Array.isArray(name.enum) && name.enum.length === 1 ? name.enum[0] : 0;
    return typeof named === "string" ? { name: named, parameters } : undefined;
  });
  return calls.every((call) => call !== undefined) ? calls : [];
}

function toolOfCallSchema({ name, parameters }: ReturnType<typeof callSchemas>[number]): Tool {
  return toolFromSchema(name, "", parameters, `response_format.json_schema.schema.${name}`);
}

function writtenCalls(tools: readonly RequestTool[]): AnswerForm {
  return {
    tools: tools.map(({ function: { name, description = "", parameters } }) =>
      toolFromSchema(name, description, parameters, `tools.${name}.parameters`)
    ),
    tell: tellWritten,
  };
}

/** Calls to choose among: by name where a tool needs no arguments, else each call that its schema allows. */
function chosenCalls(tools: readonly RequestTool[]): AnswerForm {
  const calls = tools.flatMap(({ function: { name, parameters = {} } }): [string, ToldAction][] => {
    const required = Array.isArray(parameters.required) ? parameters.required : [];
    if (required.length === 0) return [[name, { kind: "tool_call", name, arguments: "{}" }]];
    const properties = Object.entries(isSchema(parameters.properties) ? parameters.properties : {});
    const needed = Object.fromEntries(properties.filter(([argument]) => required.includes(argument)));
    const values = closedValues({ ...parameters, properties: needed });
    if (!values) {
      throw invalidParameter(
        `tools.${name}.parameters`,
        `Cannot call '${name}': an agent that chooses cannot write its arguments (${
          required.join(", ")
        }); leave them ` +
          "optional, make them closed lists, or list `eddy.candidates`",
        "invalid_function_parameters",
      );
    }
    return values.map(({ value }) => {
      const told = { name, arguments: value as ToolCall["arguments"] };
      return [formatToolCall(told), toldCall(told)];
    });
  });
  const byText = new Map(calls);
  return { candidates: [...byText.keys()], tell: (action) => byText.get(action) ?? tellWritten(action) };
}
