import type { ModelWeights, RemoteChatOptions } from "../../policy/mod.ts";
import type { Talker } from "./talker.ts";

/** A model on this machine. */
export interface ModelPlace {
  readonly path: string;
  /** File of its chat template, in place of its own. */
  readonly chatTemplate?: string;
  /** How the matrices are kept; as `eddy import` packed them, else q8, unless given. */
  readonly weights?: ModelWeights;
  /** Folder of a LoRA adapter. */
  readonly adapter?: string;
}

/** Where a model is: a path on this machine, or an endpoint. */
export type TalkerPlace =
  | ModelPlace
  | Pick<RemoteChatOptions, "endpoint" | "model" | "key">;

/** Opens a model to talk with. @param now The date that templates take for today. */
export async function loadTalker(place: TalkerPlace, now: () => Date): Promise<Talker> {
  // Loaded when it is needed: the program's other commands start without it.
  if ("path" in place) return await (await import("./local_talker.ts")).localTalker(place, now);
  return (await import("./remote_talker.ts")).remoteTalker(place);
}
