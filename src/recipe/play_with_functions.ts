import { type FunctionEpisode, type FunctionStore, functionTools, type TriedTask } from "../agent/mod.ts";
import type { Environment, Start } from "../environment/mod.ts";
import type { RemoteCompletion, RemoteMessage, RemoteRequest, RemoteToolCall } from "../policy/mod.ts";

/** Who plays, and with what. */
export interface PlayWithFunctionsOptions {
  /** Where; its task has been drawn. */
  readonly environment: Environment;
  /** What the task begins with. */
  readonly start: Start;
  /** Functions that may be called. */
  readonly store: FunctionStore;
  /** Answers. */
  readonly chat: (request: RemoteRequest) => RemoteCompletion | Promise<RemoteCompletion>;
  /** Who is asked. */
  readonly model: string;
  /** Said after the task: another note makes another try of it. */
  readonly note?: string;
  /** Most answers. Default 8. */
  readonly answers?: number;
}

/** Lets a chat model solve one task with an agent's functions: what it says is an action, what it calls is called. */
export async function playWithFunctions(options: PlayWithFunctionsOptions): Promise<TriedTask> {
  const { environment, start, store, chat, model, note = "", answers = 8 } = options;
  const episode = store.openEpisode();
  const tools = functionTools(store.functions);
  const messages: RemoteMessage[] = start.turns.map(({ text }) => ({
    role: "user",
    content: `${text} ${note}`.trim(),
  }));
  let success = false;
  for (let ended = false, answer = 0; !ended && answer < answers; answer++) {
    const { choices: [{ message }] } = await chat({
      model,
      messages: [...messages],
      ...(tools.length > 0 && { tools }),
    });
    messages.push(message);
    if (message.tool_calls?.length) {
      for (const call of message.tool_calls) messages.push(await answerTo(call, episode));
      continue;
    }
    const outcome = environment.step(message.content ?? "");
    messages.push(...outcome.turns.map(({ text }): RemoteMessage => ({ role: "user", content: text })));
    ended = outcome.terminated || outcome.truncated;
    success = ended && outcome.success;
  }
  episode.end(success);
  const said = messages.map(({ content, tool_calls: calls }) =>
    content ?? JSON.stringify(calls?.map((call) => call.function))
  );
  return { conversation: said.join(" | "), success };
}

async function answerTo(
  { id, function: { name, arguments: written } }: RemoteToolCall,
  episode: FunctionEpisode,
): Promise<RemoteMessage> {
  const told = (content: string): RemoteMessage => ({ role: "tool", tool_call_id: id, content });
  let given: unknown;
  try {
    given = JSON.parse(written);
  } catch {
    return told("failed: the arguments are no JSON");
  }
  const result = await episode.call(name, given);
  return told(result.kind === "value" ? JSON.stringify(result.value) : `failed: ${result.reason}`);
}
