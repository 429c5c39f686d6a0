import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type ChatMessage,
  compileConstraint,
  type ConstrainedTool,
  formatToolCalls,
  parseToolCalls,
  readChatTemplate,
  readToolCallForm,
  toolCallFamilyOf,
  trainTokenizer,
} from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import { after, allows } from "../language/writing.ts";

interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly { readonly function: ConstrainedTool }[] | null;
}
interface Case {
  readonly conversation: string;
  readonly with_tools: boolean;
  readonly text?: string;
}
interface Called {
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

const folder = join(fixturesFolder, "templates");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "rendered.json")))
  : [];
const kernels = await loadKernels();
const specialTokens = [
  "<|end|>",
  "<tool_call>",
  "</tool_call>",
  "<|python_tag|>",
  "[TOOL_CALLS]",
  "[CALL_ID]",
  "[ARGS]",
];
const tokenizer = trainTokenizer(kernels, [], { vocabularySize: 256 + specialTokens.length, specialTokens });
const endToken = tokenizer.tokenId("<|end|>")!;

describe("calls in recorded conversations", () => {
  if (names.length === 0) it.skip("no recorded templates in this clone", () => {});
  for (const name of names) {
    const source = readFileSync(join(folder, name, "tokenizer_config.json"), "utf8");
    const template = readChatTemplate(source)!;
    const family = toolCallFamilyOf(JSON.parse(source).chat_template);
    const form = readToolCallForm(template, family ?? "json");
    if (!form) {
      it.skip(`${name} writes none that a parser reads`, () => {});
      continue;
    }
    it(`can be written, in the form that the template of ${name} writes`, async () => {
      const { conversations } = JSON.parse(readFileSync(join(folder, "conversations.json"), "utf8")) as {
        conversations: Readonly<Record<string, Conversation>>;
      };
      const { cases } = JSON.parse(readFileSync(join(folder, name, "rendered.json"), "utf8")) as { cases: Case[] };
      let checked = 0;
      for (const [title, { messages, tools }] of Object.entries(conversations)) {
        const rendered = cases.filter(({ conversation, text }) => conversation === title && text !== undefined);
        const called = messages.flatMap(({ tool_calls }) => tool_calls ? [tool_calls as Called[]] : []);
        if (!tools || rendered.length === 0) continue;
        for (const message of called) {
          const calls = message.map(({ function: call }) => ({ name: call.name, arguments: call.arguments }));
          const text = formatToolCalls(calls, form);
          ok(rendered.every((one) => one.text!.includes(text)), `${title} has ${text}`);
          deepEqual(parseToolCalls(text, form.family).calls, calls);
          const tokens = tokenizer.encode(text, { parseSpecial: true });
          const toolCalls = tools.map((tool) => tool.function);
          for (const choice of ["required", "auto"] as const) {
            const spec = { toolCalls, form, choice, several: true };
            using constraint = await compileConstraint(spec, tokenizer, { endToken, jumpAhead: false });
            const state = after(constraint, tokens);
            ok(state !== undefined && allows(constraint, state, endToken), `${choice}: ${text}`);
          }
          checked += 1;
        }
      }
      ok(checked > 0);
    });
  }
});
