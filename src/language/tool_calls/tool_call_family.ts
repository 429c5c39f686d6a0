/** How a family of models writes calls of tools. */
export interface ToolCallFamily {
  /** What begins a call, or a list of them; empty where nothing does. */
  readonly opening: string;
  /** What ends it; empty when the JSON's end does. */
  readonly closing: string;
  /** Calls stand in a JSON list. */
  readonly list: boolean;
  /** A text that begins with `{` may be a call without the opening. */
  readonly bare: boolean;
  /** What may stand between two calls. */
  readonly separators: string;
  /** What stands between a bare name and its arguments, in formats that have no object around both. */
  readonly argumentsMark: string;
}

/** Name of a format: that of the family that brought it. */
export type ToolCallFamilyName = "hermes" | "llama3" | "mistral" | "json";

/** The formats by name. */
export const toolCallFamilies: Readonly<Record<ToolCallFamilyName, ToolCallFamily>> = {
  /** `<tool_call>{"name": ..., "arguments": ...}</tool_call>`: Hermes, Qwen 2.5 and 3, and Eddy's own models. */
  hermes: {
    opening: "<tool_call>",
    closing: "</tool_call>",
    list: false,
    bare: false,
    separators: "",
    argumentsMark: "",
  },
  /** `{"name": ..., "parameters": ...}`, alone or after `<|python_tag|>`, several with `;` between: Llama 3.1 and later. */
  llama3: { opening: "<|python_tag|>", closing: "", list: false, bare: true, separators: ";,", argumentsMark: "" },
  /** `[TOOL_CALLS][{"name": ..., "arguments": ..., "id": ...}]`, or `[TOOL_CALLS]name[ARGS]{...}`: Mistral. */
  mistral: { opening: "[TOOL_CALLS]", closing: "", list: true, bare: false, separators: ",", argumentsMark: "[ARGS]" },
  /** `{"name": ..., "arguments": ...}` and no more: an answer that begins with an object may be a call. */
  json: { opening: "", closing: "", list: false, bare: true, separators: ";,", argumentsMark: "" },
};

/** The format that a chat template writes, or undefined when its text names none that is known. */
export function toolCallFamilyOf(template: string): ToolCallFamilyName | undefined {
  if (template.includes("[TOOL_CALLS]")) return "mistral";
  if (template.includes("<tool_call>")) return "hermes";
  if (template.includes("<|python_tag|>") || template.includes('"parameters": ')) return "llama3";
  return undefined;
}
