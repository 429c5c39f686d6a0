import type { ConstrainedTool, ConstraintSpec } from "../constraint_spec.ts";
import { toolCallFamilies } from "../tool_calls/tool_call_family.ts";
import { type ToolCallForm, toolCallForms, writtenName } from "../tool_calls/tool_call_form.ts";
import { invalidConstraint } from "./invalid_constraint.ts";
import { isRecord } from "./schema_references.ts";

/** Texts that tokenizers may have as one token each: then they are that token and not its letters. */
const MARKS = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"];
const MARK = /(<\/?tool_call>|<\|python_tag\|>|\[TOOL_CALLS\]|\[CALL_ID\]|\[ARGS\])/;
/** What the parser reads as a name where no quotation marks stand around it. */
const BARE_NAME = /^[\w.-]{1,256}$/;

/** Calls as a grammar, and what may stand before them. */
export interface ToolCallGrammar {
  /** In the syntax of Lark: one call or several, `after` left out where text may stand before them. */
  readonly lark: string;
  /** Where text may stand before calls: how they are told from it. */
  readonly free?: {
    /** The mark that begins them and is no part of `lark`; empty where they begin the answer or are not there. */
    readonly after: string;
    /** The mark of the family, or none: where it is not `after`, nobody may write it. */
    readonly mark: string;
    /** An answer that begins with an object may be a call without the mark, in this family. */
    readonly bare: boolean;
  };
}

/** The part of a specification that is about calls. */
export type ToolCallSpec = Extract<ConstraintSpec, { readonly toolCalls: unknown }>;

/**
 * Calls of tools in a model's form.
 *
 * @param json The grammar of a tool's arguments, which are of type object.
 * @throws {EddyError} `constraint_invalid` If there is no tool, two have one name, or a name cannot be written in the form.
 */
export function toolCallLark(
  spec: ToolCallSpec,
  tokenId: (text: string) => number | undefined,
  json: (schema: unknown, item: string, key: string) => string,
): ToolCallGrammar {
  const { toolCalls: tools, choice = "required", several = false } = spec;
  if (choice !== "required" && choice !== "auto") {
    throw invalidConstraint(`choice is '${choice}', expected 'required' or 'auto'`);
  }
  const form = formOf(spec.form ?? "hermes");
  checkTools(tools, form);
  const fixed = (text: string): string => fixedText(text, tokenId);
  const { opening: mark, bare } = toolCallFamilies[form.family];
  const beginning = form.opening + form.beforeName;
  const after = choice === "auto" && mark !== "" && beginning.startsWith(mark) ? mark : "";
  const [opening, first] = form.opening.startsWith(after)
    ? [form.opening.slice(after.length), form.beforeName]
    : ["", form.beforeName.slice(after.length)];

  const id = form.id && `(${fixed(form.id.prefix)} CALLID ${fixed(form.id.suffix)})?`;
  const idAfter = (place: "name" | "arguments"): string => form.id?.after === place ? id! : "";
  const call = (before: string) => (tool: ConstrainedTool, index: number): string => {
    const name = writtenName(tool.name, form);
    const named = form.id?.after === "name"
      ? `${fixed(before + name)} ${id} ${fixed(form.beforeArguments)}`
      : fixed(before + name + form.beforeArguments);
    return `(${named} a${index} ${idAfter("arguments")} ${fixed(form.afterArguments)})`;
  };
  const lines = [
    `start: ${fixed(opening)} first ${several && form.between !== undefined ? "more*" : ""} ${fixed(form.closing)}`,
    `first: ${tools.map(call(first)).join(" | ")}`,
    ...(several && form.between !== undefined
      ? [`more: ${tools.map(call(form.between + form.beforeName)).join(" | ")}`]
      : []),
    ...tools.map(({ parameters = true, name }, index) =>
      `a${index}: ${json(objectSchema(parameters, name), ...form.separators)}`
    ),
    ...(form.id ? ["CALLID: /[0-9A-Za-z]{9}/"] : []),
  ];
  return { lark: lines.join("\n"), ...(choice === "auto" && { free: { after, mark, bare } }) };
}

function formOf(form: ToolCallForm | keyof typeof toolCallForms): ToolCallForm {
  if (typeof form !== "string") return form;
  if (Object.hasOwn(toolCallForms, form)) return toolCallForms[form];
  throw invalidConstraint(`form is '${form}', expected one of ${Object.keys(toolCallForms).join(", ")}`);
}

function checkTools(tools: readonly ConstrainedTool[], form: ToolCallForm): void {
  if (!Array.isArray(tools) || tools.length === 0) throw invalidConstraint("there are no tools");
  const names = tools.map((tool) => {
    if (typeof tool?.name !== "string") throw invalidConstraint("a tool's name is no text");
    return tool.name;
  });
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalidConstraint(`two tools have the name '${twice}'`);
  const wrong = form.beforeName.endsWith('"') ? undefined : names.find((name) => !BARE_NAME.test(name));
  if (wrong !== undefined) {
    throw invalidConstraint(`the tool's name '${wrong.slice(0, 80)}' has more than letters, digits, '_', '.' and '-'`);
  }
}

/** Arguments are an object, whether their schema says so or not. */
function objectSchema(schema: unknown, name: string): unknown {
  if (schema === true) return { type: "object" };
  if (!isRecord(schema)) return schema;
  const { type = "object" } = schema;
  if ([type].flat().includes("object")) return { ...schema, type: "object" };
  throw invalidConstraint(`the arguments of tool '${name}' are of type '${String(type).slice(0, 80)}', not 'object'`);
}

/** Marks as tokens, the rest as text. */
function fixedText(text: string, tokenId: (text: string) => number | undefined): string {
  const parts: string[] = [];
  let plain = "";
  const end = (): void => {
    if (plain !== "") parts.push(JSON.stringify(plain));
    plain = "";
  };
  for (const part of text.split(MARK)) {
    const id = MARKS.includes(part) ? tokenId(part) : undefined;
    if (id === undefined) plain += part;
    else {
      end();
      parts.push(`<[${id}]>`);
    }
  }
  end();
  return parts.join(" ");
}
