import { EddyError } from "../../errors.ts";
import type { ChatMessage, ChatTemplate } from "../template/chat_template.ts";
import type { WrittenCall } from "./call_scanner.ts";
import { formatToolCalls } from "./format_tool_calls.ts";
import { parseToolCalls } from "./parse_tool_calls.ts";
import type { ToolCallFamilyName } from "./tool_call_family.ts";
import type { ToolCallForm } from "./tool_call_form.ts";

/** Two calls that no conversation has. */
const CALLS = ["probe_first", "probe_second"].map((name, index) => (
  { id: `probe000${index}`, name, arguments: { alpha: "beta", gamma: 2 } }
));
const ARGUMENTS = /\{\s*"alpha"(\s*:\s*)"beta"(\s*,\s*)"gamma"\s*:\s*2\s*\}/;

/** What stands before the first name, and after the last arguments. */
const AROUND: Readonly<Record<ToolCallFamilyName, readonly [RegExp, RegExp]>> = {
  hermes: [/<tool_call>[^{}]*\{[^{}]*$/, /^[^{}]*\}\s*<\/tool_call>/],
  llama3: [/(?:<\|python_tag\|>\s*)?\{[^{}]*$/, /^[^{}]*\}/],
  mistral: [/\[TOOL_CALLS\][^{}]*(?:\{[^{}]*)?$/, /^(?:[^{}]*\}\s*\])?/],
  json: [/\{[^{}]*$/, /^[^{}]*\}/],
};

/**
 * The form in which a chat template writes calls, white space and all: the template is shown a conversation with calls, and
 * what it writes is read.
 *
 * @returns Undefined where it writes them in a form that the family's parser does not read, or none at all.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chatTemplate, readToolCallForm } from "@eddy/eddy";
 * const template = chatTemplate(
 *   "{% for m in messages %}[{{ m.role }}]{% for call in m.tool_calls or [] %}<tool_call>\n" +
 *     "{{ call.function | tojson }}\n</tool_call>{% endfor %}{% endfor %}",
 * );
 * equal(readToolCallForm(template, "hermes")?.afterArguments, "}\n</tool_call>");
 * ```
 */
export function readToolCallForm(template: ChatTemplate, family: ToolCallFamilyName): ToolCallForm | undefined {
  const one = rendered(template, 1);
  const form = one && formOf(one, family);
  if (!form || family === "json" && !isBare(template, one)) return undefined;
  const between = betweenOf(rendered(template, 2), form);
  const full = between === undefined ? form : { ...form, between };
  return isRead(full) ? full : undefined;
}

/** What the template writes of so many calls; undefined where it refuses them. */
function rendered(template: ChatTemplate, count: number): string | undefined {
  const tool_calls = CALLS.slice(0, count).map(({ id, ...call }) => ({ id, type: "function", function: call }));
  const properties = { alpha: { type: "string" }, gamma: { type: "integer" } };
  const tools = CALLS.map(({ name }) => (
    { type: "function", function: { name, description: "", parameters: { type: "object", properties } } }
  ));
  for (const content of ["", null]) {
    const messages: ChatMessage[] = [{ role: "user", content: "?" }, { role: "assistant", content, tool_calls }];
    try {
      return template.render(messages, { tools, now: new Date(0) });
    } catch (error) {
      if (!(error instanceof EddyError)) throw error; // what it refuses it never wrote
    }
  }
  return undefined;
}

/** Whether the answer begins with its call. */
function isBare(template: ChatTemplate, text: string): boolean {
  const prompt = template.render([{ role: "user", content: "?" }], { addGenerationPrompt: true, now: new Date(0) });
  const header = prompt.slice(prompt.lastIndexOf("?") + 1).trimEnd();
  const before = text.slice(0, text.lastIndexOf(CALLS[0].name)).replace(/\{[^{}]*$/, "").trimEnd();
  return before.endsWith(header);
}

function formOf(text: string, family: ToolCallFamilyName): ToolCallForm | undefined {
  const [{ name, id }] = CALLS;
  const at = text.lastIndexOf(name);
  const found = at < 0 ? null : ARGUMENTS.exec(text.slice(at));
  if (!found) return undefined;
  const lead = AROUND[family][0].exec(text.slice(0, at))?.[0];
  const middle = text.slice(at + name.length, at + found.index);
  const tail = AROUND[family][1].exec(text.slice(at + found.index + found[0].length))?.[0];
  if (lead === undefined || tail === undefined || (lead + middle).includes("}")) return undefined;
  const own = /(\[CALL_ID\]|,\s*"id":\s*")probe0000("?)/;
  const isNamed = middle.includes(id);
  const named = own.exec(isNamed ? middle : tail);
  // in a list, and after a mark that stands once, only the object is each call's
  const each = family === "hermes" || !lead.includes("{") ? 0 : lead.lastIndexOf("{");
  const after = tail.replace(own, "");
  const end = family === "hermes" ? after.length : after.indexOf("}") + 1;
  return {
    family,
    opening: lead.slice(0, each),
    beforeName: lead.slice(each),
    beforeArguments: middle.replace(own, ""),
    afterArguments: after.slice(0, end),
    closing: after.slice(end),
    ...(named && { id: { after: isNamed ? "name" : "arguments", prefix: named[1], suffix: named[2] } }),
    separators: [found[2], found[1]],
  };
}

/** What the template writes between two calls; undefined where it writes no two. */
function betweenOf(text: string | undefined, form: ToolCallForm): string | undefined {
  const [first, second] = CALLS.map(({ name }) => text?.lastIndexOf(name) ?? -1);
  if (text === undefined || first < 0 || second < first) return undefined;
  const found = ARGUMENTS.exec(text.slice(first));
  const inner = found && text.slice(first + found.index + found[0].length, second);
  const named = form.id?.after === "arguments" ? form.id.prefix + CALLS[0].id + form.id.suffix : "";
  const after = named + form.afterArguments;
  if (!inner?.startsWith(after) || !inner.endsWith(form.beforeName)) return undefined;
  const between = inner.slice(after.length, inner.length - form.beforeName.length);
  return inner.length < after.length + form.beforeName.length ? undefined : between;
}

/** Whether the family's parser finds what is written in the form. */
function isRead(form: ToolCallForm): boolean {
  const calls: readonly WrittenCall[] = CALLS.slice(0, form.between === undefined ? 1 : 2)
    .map(({ id, ...call }) => form.id ? { ...call, id } : call);
  const { content, calls: found } = parseToolCalls(formatToolCalls(calls, form), form.family);
  return content === "" && JSON.stringify(found) === JSON.stringify(calls);
}
