import { EddyError } from "../../errors.ts";
import type { Host } from "../host.ts";
import type { Said, Talker, TalkOptions } from "./talker.ts";

const HELP = "/reset begins again, /exit or Ctrl-D ends, Ctrl-C stops an answer\n";

/** Characters that command a terminal: a model may not. Line ends and tabs are text. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** What a conversation begins with. */
export interface ConverseOptions extends TalkOptions {
  /** What the model is told before anything else. */
  readonly system?: string;
}

/**
 * Talks, line by line, until there are no more lines. In a terminal an error is told and the conversation goes on; from a
 * pipe it ends it.
 *
 * @returns The exit code.
 */
export async function converse(talker: Talker, { system, ...options }: ConverseOptions, host: Host): Promise<number> {
  const typed = host.stdin.isTerminal && host.stdout.isTerminal;
  const beginning: readonly Said[] = system === undefined ? [] : [{ role: "system", content: system }];
  let said = beginning;
  let answers = 0;
  let answering: AbortController | undefined;
  const left = Promise.withResolvers<{ readonly done: true; readonly value: undefined }>();
  const stopListening = host.onInterrupt(() => {
    if (answering) answering.abort();
    else left.resolve({ done: true, value: undefined });
  });
  const lines = host.stdin.lines()[Symbol.asyncIterator]();
  if (typed) host.stdout.write(`talking with ${talker.name}; ${HELP}`);
  try {
    while (true) {
      if (typed) host.stdout.write("> ");
      const next = await Promise.race([lines.next(), left.promise]);
      if (next.done) break;
      const line = next.value.trim();
      if (line === "") continue;
      if (line === "/exit") break;
      if (line === "/help") host.stdout.write(HELP);
      else if (line === "/reset") said = beginning;
      else {
        const asked: readonly Said[] = [...said, { role: "user", content: line }];
        answering = new AbortController();
        try {
          const content = await listen(
            talker,
            asked,
            { ...options, seed: (options.seed + answers++) >>> 0 },
            answering,
            host,
          );
          said = [...asked, { role: "assistant", content }];
        } catch (error) {
          if (!typed || !(error instanceof EddyError)) throw error;
          host.stderr.write(`${error.message}\n`);
        } finally {
          answering = undefined;
        }
      }
    }
  } finally {
    stopListening();
  }
  if (typed) host.stdout.write("\n");
  return 0;
}

/** Writes an answer as it comes. @returns What was said of it before it was stopped. */
async function listen(
  talker: Talker,
  said: readonly Said[],
  options: TalkOptions,
  { signal }: AbortController,
  host: Host,
): Promise<string> {
  let content = "";
  try {
    for await (const piece of talker.answer(said, options, signal)) {
      content += piece;
      host.stdout.write(host.stdout.isTerminal ? piece.replace(CONTROLS, "") : piece);
    }
  } finally {
    if (content !== "") host.stdout.write("\n");
  }
  if (signal.aborted && !host.stdin.isTerminal) {
    throw new EddyError("interrupted", `Cannot go on: the answer was stopped`);
  }
  return content;
}
