import { describe, it } from "@std/testing/bdd";
import { equal, throws } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../src/errors.ts";
import { type ChatMessage, readChatTemplate } from "../../src/language/mod.ts";
import { fixturesFolder } from "../fixtures.ts";

interface Case {
  readonly conversation: string;
  readonly messages?: ChatMessage[];
  readonly with_tools: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly text?: string;
  readonly error?: string;
  readonly message?: string;
}

const folder = join(fixturesFolder, "templates");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "rendered.json")))
  : [];

describe("chat templates, recorded", () => {
  if (names.length === 0) {
    it.skip("no recorded templates in this clone", () => {});
    return;
  }
  const { conversations } = JSON.parse(readFileSync(join(folder, "conversations.json"), "utf8")) as {
    conversations: Record<string, { messages: ChatMessage[]; tools: unknown[] | null }>;
  };
  for (const name of names) {
    const config = readFileSync(join(folder, name, "tokenizer_config.json"), "utf8");
    const { cases } = JSON.parse(readFileSync(join(folder, name, "rendered.json"), "utf8")) as { cases: Case[] };
    it(`ChatTemplate.render() writes all ${cases.length} conversations of ${name} as recorded`, () => {
      const template = readChatTemplate(config)!;
      for (const { conversation, messages, with_tools, options, text, message } of cases) {
        const { add_generation_prompt, continue_final_message, ...variables } = options;
        const render = () =>
          template.render(messages ?? conversations[conversation].messages, {
            tools: with_tools ? conversations[conversation].tools ?? undefined : undefined,
            addGenerationPrompt: add_generation_prompt === true,
            continueFinalMessage: continue_final_message === true,
            variables,
          });
        if (text !== undefined) {
          equal(render(), text, conversation);
          continue;
        }
        throws(render, (error) => {
          equal(error instanceof EddyError && error.code, "request_invalid");
          // what the template raised is passed on; an empty conversation is refused before it runs
          return messages?.length === 0 || (error as Error).message.endsWith(`: ${message}`);
        }, conversation);
      }
    });
  }
});
