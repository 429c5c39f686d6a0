import type { RemoteChoice, RemoteCompletion } from "../wire.ts";
import { drawOf } from "./_draw.ts";
import type { ScriptedFaults } from "./scripted_role.ts";

/** What goes wrong with one call. */
export type Fault =
  | { readonly kind: "http"; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: "brokenBody" | "malformedJson" | "truncated" | "stalled" };

/** The fault that a call meets, if any; at most one. */
export function faultOf(faults: ScriptedFaults, seed: number, call: string): Fault | undefined {
  let rest = drawOf(seed, "fault", call);
  for (const { share, ...error } of faults.http ?? []) {
    if (rest < share) return { kind: "http", ...error };
    rest -= share;
  }
  for (const kind of ["brokenBody", "malformedJson", "truncated", "stalled"] as const) {
    const share = faults[kind] ?? 0;
    if (rest < share) return { kind };
    rest -= share;
  }
  return undefined;
}

/** The answer with the JSON inside it cut; a text that holds none is left as it is. */
export function withMalformedJson(completion: RemoteCompletion): RemoteCompletion {
  const cut = (text: string): string => text.slice(0, Math.floor(text.length * 2 / 3));
  return onMessages(completion, (choice) => {
    const { content, tool_calls: calls } = choice.message;
    const broken = content !== null && /^\s*[{[]/.test(content) ? cut(content) : content;
    const tools = calls?.map((call) => ({
      ...call,
      function: { ...call.function, arguments: cut(call.function.arguments) },
    }));
    return { ...choice, message: { ...choice.message, content: broken, ...(tools && { tool_calls: tools }) } };
  });
}

/** The answer with `change` made to each choice. */
export function onMessages(
  completion: RemoteCompletion,
  change: (choice: RemoteChoice) => RemoteChoice,
): RemoteCompletion {
  return { ...completion, choices: completion.choices.map(change) };
}
