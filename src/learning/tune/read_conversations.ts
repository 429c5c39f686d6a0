import { readFileSync } from "node:fs";
import { EddyError } from "../../errors.ts";
import type { ChatMessage } from "../../language/mod.ts";

/** One line of a file of conversations. */
export interface Conversation {
  /** Its file and line, `chats.jsonl:1`. */
  readonly place: string;
  /** As chat templates read them. */
  readonly messages: readonly ChatMessage[];
  /** [messages] whether a message may be learned: the assistant's are, unless their `weight` is 0. */
  readonly learnable: readonly boolean[];
  /** Tools in OpenAI's form. */
  readonly tools?: readonly unknown[];
}

type Json = Readonly<Record<string, unknown>>;

const ROLES = ["system", "developer", "user", "assistant", "tool"];

/**
 * Reads conversations in the form that OpenAI fine-tunes on: one object `{ messages, tools? }` a line. Empty lines are passed
 * over.
 *
 * @throws {EddyError} `data_missing` If there is no such file; `data_invalid` With file and line, if one is not a conversation.
 */
export function readConversations(path: string): Conversation[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new EddyError("data_missing", `Cannot read '${path}': ${(cause as Error).message}`, { cause });
  }
  const conversations = text.split("\n").flatMap((line, index) =>
    line.trim() === "" ? [] : [conversationOf(line, `${path}:${index + 1}`)]
  );
  if (conversations.length > 0) return conversations;
  throw new EddyError("data_invalid", `Cannot learn from '${path}': it has no conversation`);
}

function conversationOf(line: string, place: string): Conversation {
  const refuse = (state: string): never => {
    throw new EddyError("data_invalid", `Cannot read ${place}: ${state}`);
  };
  let root: unknown;
  try {
    root = JSON.parse(line);
  } catch (cause) {
    return refuse((cause as Error).message);
  }
  if (!isObject(root)) return refuse("it is not an object");
  const { messages, tools } = root;
  if (!Array.isArray(messages) || messages.length === 0) return refuse("'messages' is no list with something in it");
  if (tools !== undefined && tools !== null && !(Array.isArray(tools) && tools.every(isTool))) {
    return refuse("'tools' is no list of { type: \"function\", function: { name } }");
  }
  const read = messages.map((message, index) => messageOf(message, (state) => refuse(`'messages.${index}' ${state}`)));
  const learnable = messages.map((message: Json) => message.role === "assistant" && message.weight !== 0);
  if (!learnable.includes(true)) return refuse("no message is the assistant's, so that there is nothing to learn");
  if (messages[0].role === "assistant") return refuse("it begins with the assistant, who answers nothing");
  return { place, messages: read, learnable, ...(Array.isArray(tools) && tools.length > 0 && { tools }) };
}

function messageOf(message: unknown, refuse: (state: string) => never): ChatMessage {
  if (!isObject(message)) return refuse("is not an object");
  const { role, tool_calls: calls } = message;
  if (!ROLES.includes(role as string)) return refuse(`has the role ${shown(role)}; there are ${ROLES.join(", ")}`);
  const content = textOf(message.content);
  const hasCalls = Array.isArray(calls) && calls.length > 0;
  if (content === undefined && !(hasCalls && (message.content ?? null) === null)) {
    return refuse("has a 'content' that is not text");
  }
  const told = { role: role === "developer" ? "system" : role, content: content ?? "" };
  if (role === "tool") return { ...told, tool_call_id: message.tool_call_id, name: message.name };
  if (!hasCalls) return told;
  if (role !== "assistant") return refuse(`has 'tool_calls', and its role is ${shown(role)}`);
  return { ...told, tool_calls: calls.map((call) => callOf(call, refuse)) };
}

function callOf(call: unknown, refuse: (state: string) => never): unknown {
  const { id, function: called } = isObject(call) ? call : {};
  if (!isObject(called) || typeof called.name !== "string") return refuse("has a tool call without a function's name");
  const { name, arguments: written } = called;
  try {
    const values = typeof written === "string" ? JSON.parse(written || "{}") : written;
    if (isObject(values)) return { id, type: "function", function: { name, arguments: values } };
  } catch {
    // said below
  }
  return refuse(`calls '${name}' with arguments that are not an object: ${shown(written)}`);
}

/** Text, or pieces of it. */
function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) => isObject(part) && part.type === "text" ? part.text : undefined);
  return texts.every((text) => typeof text === "string") ? texts.join("\n") : undefined;
}

function isTool(tool: unknown): boolean {
  return isObject(tool) && tool.type === "function" && isObject(tool.function) &&
    typeof tool.function.name === "string";
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 80);
}
