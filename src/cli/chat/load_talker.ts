import type { Device, ModelWeights, RemoteChatOptions } from "../../policy/mod.ts";
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
  /** Where it computes; the processor unless given. */
  readonly device?: Device;
}

/** Where a model is: a path on this machine, or an endpoint. */
export type TalkerPlace =
  | ModelPlace
  | Pick<RemoteChatOptions, "endpoint" | "model" | "key">;

/** What a talker needs of the machine. */
export interface TalkerSurroundings {
  /** The date that templates take for today. */
  readonly now: () => Date;
  /** Milliseconds, for measuring. */
  readonly milliseconds: () => number;
  /** Says something beside the conversation. */
  readonly note: (line: string) => void;
}

/** Opens a model to talk with. */
export async function loadTalker(place: TalkerPlace, surroundings: TalkerSurroundings): Promise<Talker> {
  // Loaded when it is needed: the program's other commands start without it.
  if ("path" in place) return await (await import("./local_talker.ts")).localTalker(place, surroundings);
  return (await import("./remote_talker.ts")).remoteTalker(place);
}
