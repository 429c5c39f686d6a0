import type { ToolCallFamilyName } from "./tool_call_family.ts";

/**
 * How calls are written, to the character: what a model writes without a thought is what its chat template wrote in all that
 * it was trained on.
 *
 * ```text
 * opening (beforeName NAME beforeArguments {"a":keySeparator 1 itemSeparator …} afterArguments) between (…) closing
 * ```
 */
export interface ToolCallForm {
  /** Which parser reads it. */
  readonly family: ToolCallFamilyName;
  /** What stands before the first call. */
  readonly opening: string;
  /** What stands before each name. The name itself is bare where this ends with no quotation mark. */
  readonly beforeName: string;
  /** What stands between name and arguments. */
  readonly beforeArguments: string;
  /** What ends each call. */
  readonly afterArguments: string;
  /** What stands between two calls. Absent: an answer has one call. */
  readonly between?: string;
  /** What stands after the last call. */
  readonly closing: string;
  /** The call's own name, nine letters or digits, which may be left out: after the tool's name or after the arguments. */
  readonly id?: { readonly after: "name" | "arguments"; readonly prefix: string; readonly suffix: string };
  /** Between two members of the arguments, and between name and value. */
  readonly separators: readonly [item: string, key: string];
}

/** Names of forms: that of the family where it has one only. */
export type ToolCallFormName = "hermes" | "llama3" | "llama3-python-tag" | "mistral" | "mistral-named" | "json";

const WIDE = [", ", ": "] as const;
const OBJECT = { beforeName: '{"name": "', afterArguments: "}", separators: WIDE } as const;

/** The forms by name; that of a model is read from its chat template by {@linkcode readToolCallForm}. */
export const toolCallForms: Readonly<Record<ToolCallFormName, ToolCallForm>> = {
  /** `<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>`, as {@linkcode formatToolCall} writes it. */
  hermes: {
    family: "hermes",
    opening: "",
    beforeName: '<tool_call>{"name": "',
    beforeArguments: '", "arguments": ',
    afterArguments: "}</tool_call>",
    between: "\n",
    closing: "",
    separators: WIDE,
  },
  /** `{"name": "add", "parameters": {"a": 1}}` */
  llama3: {
    ...OBJECT,
    family: "llama3",
    opening: "",
    beforeArguments: '", "parameters": ',
    between: "; ",
    closing: "",
  },
  /** `<|python_tag|>{"name": "add", "parameters": {"a": 1}}` */
  "llama3-python-tag": {
    ...OBJECT,
    family: "llama3",
    opening: "<|python_tag|>",
    beforeArguments: '", "parameters": ',
    between: "; ",
    closing: "",
  },
  /** `[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}]` */
  mistral: {
    ...OBJECT,
    family: "mistral",
    opening: "[TOOL_CALLS][",
    beforeArguments: '", "arguments": ',
    between: ", ",
    closing: "]",
  },
  /** `[TOOL_CALLS]add[ARGS]{"a": 1}` */
  "mistral-named": {
    family: "mistral",
    opening: "",
    beforeName: "[TOOL_CALLS]",
    beforeArguments: "[ARGS]",
    afterArguments: "",
    between: "",
    closing: "",
    separators: WIDE,
  },
  /** `{"name": "add", "arguments": {"a": 1}}` */
  json: {
    ...OBJECT,
    family: "json",
    opening: "",
    beforeArguments: '", "arguments": ',
    between: "\n",
    closing: "",
  },
};

/** A tool's name as a form writes it: escaped where quotation marks stand around it. */
export function writtenName(name: string, { beforeName }: ToolCallForm): string {
  return beforeName.endsWith('"') ? JSON.stringify(name).slice(1, -1) : name;
}
