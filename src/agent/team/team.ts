import type { TranscriptStep, Turn } from "../../episode/mod.ts";

/** A member of a team: a policy, a remote model, a rule, a person. */
export interface TeamRole {
  /** One word; no other member has it. */
  readonly name: string;
  /** What it is told before anything else. */
  readonly instruction?: string;
  /** What it says next, to all that it heard so far: its own words as `assistant`, those of others as `user`. */
  reply(heard: readonly Turn[]): string | Promise<string>;
}

/** One thing that was said. */
export interface TeamTurn {
  /** Name of the member. */
  readonly role: string;
  readonly text: string;
}

/** What a team did. */
export interface TeamTalk {
  /** Everything that was said, in order. */
  readonly said: readonly TeamTurn[];
  /** By member: what it was shown and what it said, to learn from as steps of an episode. */
  readonly steps: Readonly<Record<string, readonly TranscriptStep[]>>;
  /** Whether it was finished, or ran out of turns. */
  readonly ended: "finished" | "limit";
  /** How often anybody was asked. */
  readonly calls: number;
}
