import { Environment, parse, tokenize } from "@huggingface/jinja";
import { EddyError } from "../../errors.ts";
import { boundedInterpreter, TemplateLimitError, type TemplateLimits } from "./bounded_interpreter.ts";
import { strftime } from "./strftime.ts";

/** A message as templates see it: `role`, `content`, and what else a family has, such as `tool_calls`. */
export type ChatMessage = Readonly<Record<string, unknown>>;

/** What a conversation is written with. */
export interface RenderOptions {
  /** Tools in the shape that the template expects: usually `{ type: "function", function: { name, ... } }`. */
  readonly tools?: readonly unknown[];
  /** Ends with the beginning of the assistant's turn. Default false. */
  readonly addGenerationPrompt?: boolean;
  /** Ends right after the last message's text, so that the model goes on with it. Default false. */
  readonly continueFinalMessage?: boolean;
  /** More names for the template, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What `strftime_now` tells, in local time. */
  readonly now?: Date;
  /** How much the template may do. */
  readonly limits?: TemplateLimits;
}

/** Conversations as the text that a model was trained on. */
export interface ChatTemplate {
  /**
   * Writes a conversation.
   *
   * @throws {EddyError} `request_invalid` If the template refuses the conversation, or it is empty;
   * `tokenizer_invalid` If the template does not end within the limits.
   */
  render(messages: readonly ChatMessage[], options?: RenderOptions): string;
}

/** Jinja's sandbox has the same. */
const LONGEST_RANGE = 100_000;
const MOST_CHARACTERS = 2 ** 20;
const TAG = "CONTINUE_FINAL_MESSAGE_TAG ";

/**
 * Makes a chat template from its source in Jinja, as `tokenizer_config.json` and GGUF files carry it.
 *
 * @param tokens Names for special tokens, such as `bos_token`.
 * @throws {EddyError} `tokenizer_invalid` If the source is no template.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { chatTemplate } from "@eddy/eddy";
 * const template = chatTemplate("{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}", {
 *   bos_token: "<s>",
 * });
 * ok(template.render([{ role: "user", content: "Hi" }]) === "<s>[user] Hi");
 * ```
 */
export function chatTemplate(source: string, tokens: Readonly<Record<string, string>> = {}): ChatTemplate {
  const program = parsed(source);
  return {
    render(messages, options = {}): string {
      if (messages.length === 0) {
        throw refused("the conversation has no message");
      }
      if (options.continueFinalMessage && options.addGenerationPrompt) {
        throw refused("'continueFinalMessage' and 'addGenerationPrompt' exclude each other");
      }
      const told = options.continueFinalMessage ? [...messages.slice(0, -1), tagged(messages.at(-1)!)] : messages;
      const scope = new Environment();
      setGlobals(scope, options.now);
      const names = {
        ...tokens,
        ...options.variables,
        messages: told,
        tools: options.tools ?? null,
        documents: null,
        add_generation_prompt: options.addGenerationPrompt ?? false,
      };
      for (const [name, value] of Object.entries(names)) scope.set(name, value);
      try {
        const text = String(boundedInterpreter(scope, options.limits).run(program).value);
        return options.continueFinalMessage ? cut(text) : text;
      } catch (cause) {
        if (cause instanceof EddyError) throw cause;
        if (cause instanceof TemplateLimitError || cause instanceof RangeError) {
          throw new EddyError("tokenizer_invalid", `Cannot render chat template: ${cause.message}`, { cause });
        }
        throw refused((cause as Error).message, { cause });
      }
    },
  };
}

function refused(state: string, options?: ErrorOptions): EddyError {
  return new EddyError("request_invalid", `Cannot render chat template: ${state}`, options);
}

function parsed(source: string): ReturnType<typeof parse> {
  if (source.length > MOST_CHARACTERS) {
    throw new EddyError("tokenizer_invalid", `Cannot read chat template: it has ${source.length} characters`);
  }
  // marks for training, which write nothing
  const plain = source.replace(/\{%(-?)\s*(?:end)?generation\s*(-?)%\}/g, "{#$1 $2#}");
  try {
    return parse(tokenize(plain, { lstrip_blocks: true, trim_blocks: true }));
  } catch (cause) {
    throw new EddyError("tokenizer_invalid", `Cannot read chat template: ${(cause as Error).message}`, { cause });
  }
}

function setGlobals(scope: Environment, now: Date | undefined): void {
  for (const [name, value] of [["true", true], ["false", false], ["none", null]] as const) {
    scope.set(name, value);
    scope.set(name[0].toUpperCase() + name.slice(1), value);
  }
  scope.set("raise_exception", (message: unknown) => {
    throw new Error(String(message));
  });
  scope.set("strftime_now", (format: unknown) => {
    if (!now) throw new Error("the template asks for the time: give 'now'");
    return strftime(now, String(format));
  });
  scope.set("range", range);
}

function range(first: number, last?: number | null, step?: number | null): number[] {
  const [start, stop, by] = last === undefined || last === null ? [0, first, 1] : [first, last, step ?? 1];
  if (![start, stop, by].every(Number.isInteger) || by === 0) {
    throw new Error("range() takes whole numbers and a step that is not 0");
  }
  const length = Math.max(0, Math.ceil((stop - start) / by));
  if (length > LONGEST_RANGE) throw new TemplateLimitError(`a range has ${length} numbers`);
  return Array.from({ length }, (_, index) => start + index * by);
}

/** The message with a mark after its text. */
function tagged(message: ChatMessage): ChatMessage {
  const { content } = message;
  if (typeof content === "string") return { ...message, content: content + TAG };
  if (Array.isArray(content)) {
    const isText = (part: unknown) =>
      typeof part === "object" && part !== null && "text" in part && typeof part.text === "string";
    const last = content.findLastIndex(isText);
    if (last >= 0) {
      const part = content[last] as { readonly text: string };
      return { ...message, content: content.with(last, { ...part, text: part.text + TAG }) };
    }
  }
  throw refused("the last message has no text to go on with");
}

function cut(text: string): string {
  const at = text.lastIndexOf(TAG.trim());
  if (at < 0) throw refused("the template does not write the last message, so that nothing can go on with it");
  return text.startsWith(TAG, at) ? text.slice(0, at) : text.slice(0, at).trimEnd();
}
