import type { ConstrainedTool, ConstraintSpec } from "../constraint_spec.ts";
import { toolCallFamilies } from "../tool_calls/tool_call_family.ts";
import { type ToolCallForm, toolCallForms, writtenName } from "../tool_calls/tool_call_form.ts";
import { invalidConstraint } from "./invalid_constraint.ts";
import { isRecord } from "./schema_references.ts";
import { supportedSchema } from "./supported_schema.ts";

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
 * @param json A schema that is supported as a grammar. @param tokenId The token of a text, where there is one.
 * @throws {EddyError} `constraint_invalid` If there is no tool, two have one name, or a name cannot be written in the form.
 */
export function toolCallLark(
  spec: ToolCallSpec,
  tokenId: (text: string) => number | undefined,
  json: WriteJson,
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

  const shape = objectShape(form);
  const calls = shape ? objectCalls(tools, shape, form, fixed, json) : textCalls(tools, form, fixed, json);
  const isSeveral = several && form.between !== undefined;
  const lines = [
    `start: ${fixed(opening)} first ${isSeveral ? "more*" : ""} ${fixed(form.closing)}`,
    `first: ${calls.behind(first)}`,
    ...(isSeveral ? [`more: ${calls.behind(form.between + form.beforeName)}`] : []),
    ...calls.rules,
  ];
  return { lark: lines.join("\n"), ...(choice === "auto" && { free: { after, mark, bare } }) };
}

type WriteJson = (schema: unknown, item: string, key: string) => string;

/** Calls as rules, and their alternatives behind the text before a name. */
interface CallRules {
  readonly behind: (beforeName: string) => string;
  readonly rules: readonly string[];
}

/** Calls whose names and arguments are members of one object. */
interface ObjectShape {
  /** The length of the part of what stands before a name that is the object's. */
  readonly begun: number;
  readonly argumentsKey: string;
}

/** The members of a form's objects, where they are plain; undefined where the form has none, or others first. */
function objectShape(form: ToolCallForm): ObjectShape | undefined {
  const [item, key] = form.separators;
  const begin = `{"name"${key}"`;
  const found = /^"(.*)"(\w+)"(.*)$/s.exec(form.beforeArguments);
  const isPlain = form.beforeName.endsWith(begin) && form.afterArguments.startsWith("}") &&
    found?.[1] === item && found[3] === key &&
    (form.id === undefined || form.id.prefix === `${item}"id"${key}"` && form.id.suffix === '"');
  return isPlain ? { begun: begin.length, argumentsKey: found[2] } : undefined;
}

/** One schema for all: what is alike in several tools is in the grammar once. */
function objectCalls(
  tools: readonly ConstrainedTool[],
  { begun, argumentsKey }: ObjectShape,
  form: ToolCallForm,
  fixed: (text: string) => string,
  json: WriteJson,
): CallRules {
  const $defs: Record<string, unknown> = {};
  const anyOf = tools.map(({ name, parameters = true }, index) => {
    // references in a tool's schema begin at the schema itself: each is read alone, under names of its own
    const own = JSON.stringify(supportedSchema(objectSchema(parameters, name)));
    const { $ref, $defs: definitions } = JSON.parse(
      own.replaceAll('"$ref":"#/$defs/', `"$ref":"#/$defs/t${index}`),
    ) as {
      readonly $ref: string;
      readonly $defs: Readonly<Record<string, unknown>>;
    };
    for (const [key, value] of Object.entries(definitions)) $defs[`t${index}${key}`] = value;
    return {
      type: "object",
      properties: {
        name: { const: name },
        [argumentsKey]: { $ref },
        ...(form.id && { id: { type: "string", pattern: "^(?:[0-9A-Za-z]{9})$" } }),
      },
      required: ["name", argumentsKey],
      additionalProperties: false,
    };
  });
  return {
    behind: (before) => `${fixed(before.slice(0, -begun))} call ${fixed(form.afterArguments.slice(1))}`,
    rules: [`call: ${json({ anyOf, $defs }, ...form.separators)}`],
  };
}

/** A schema for the arguments of each. */
function textCalls(
  tools: readonly ConstrainedTool[],
  form: ToolCallForm,
  fixed: (text: string) => string,
  json: WriteJson,
): CallRules {
  const id = form.id && `(${fixed(form.id.prefix)} CALLID ${fixed(form.id.suffix)})?`;
  const idAfter = (place: "name" | "arguments"): string => form.id?.after === place ? id! : "";
  const call = (before: string) => (tool: ConstrainedTool, index: number): string => {
    const name = writtenName(tool.name, form);
    const named = form.id?.after === "name"
      ? `${fixed(before + name)} ${id} ${fixed(form.beforeArguments)}`
      : fixed(before + name + form.beforeArguments);
    return `(${named} a${index} ${idAfter("arguments")} ${fixed(form.afterArguments)})`;
  };
  return {
    behind: (before) => tools.map(call(before)).join(" | "),
    rules: [
      ...tools.map(({ parameters = true, name }, index) =>
        `a${index}: ${json(supportedSchema(objectSchema(parameters, name)), ...form.separators)}`
      ),
      ...(form.id ? ["CALLID: /[0-9A-Za-z]{9}/"] : []),
    ],
  };
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
