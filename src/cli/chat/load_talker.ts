import type { RemoteChatOptions } from "../../policy/mod.ts";
import type { Talker } from "./talker.ts";

/** Where a model is: a path on this machine, or an endpoint. */
export type TalkerPlace =
  | { readonly path: string; readonly chatTemplate?: string }
  | Pick<RemoteChatOptions, "endpoint" | "model" | "key">;

/** Opens a model to talk with. @param now The date that templates take for today. */
export async function loadTalker(place: TalkerPlace, now: () => Date): Promise<Talker> {
  // Loaded when it is needed: the program's other commands start without it.
  if ("path" in place) return await (await import("./local_talker.ts")).localTalker(place, now);
  return (await import("./remote_talker.ts")).remoteTalker(place);
}
