import type { Tool } from "../../episode/mod.ts";
import type { PolicySnapshot } from "../../policy/mod.ts";

/** What an agent with a policy of its own is made of. */
export interface PolicyParts {
  /** The weights it starts from: version 0. */
  readonly snapshot: PolicySnapshot;
  /** What it may call where a request neither lists candidates nor names tools: its world's. */
  readonly tools?: readonly Tool[];
  /** What an action is a sequence of, where its world is of that kind. */
  readonly words?: readonly string[];
}
