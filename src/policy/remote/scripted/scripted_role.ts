import type { RemoteRequest } from "../wire.ts";

/** Something that a stand-in says: a text, or calls with what is said beside them. */
export type Saying = string | {
  /** What is said beside the calls. */
  readonly content?: string;
  /** Calls with their arguments, not yet JSON. */
  readonly calls: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[];
};

/** A saying, or what makes one from the request. */
export type MadeSaying = Saying | ((view: RequestView) => Saying);

/** A request as rules read it. */
export interface RequestView {
  /** The request as it came. */
  readonly request: RemoteRequest;
  /** The role that is asked: the request's `model`. */
  readonly role: string;
  /** All system and developer messages, one below the other. */
  readonly system: string;
  /** The newest message that is not the assistant's: what is to be answered. */
  readonly last: string;
  /** All messages as `role: content` lines. */
  readonly text: string;
  /** What the rule's expression found. */
  readonly match: RegExpMatchArray | null;
}

/** One line of a role's table. */
export interface ScriptedRule {
  /**
   * When it holds: a piece of the last message (whatever its case), an expression on it, or a condition on the whole
   * request. A rule without one always holds.
   */
  readonly when?: string | RegExp | ((view: RequestView) => boolean);
  /** The right answer, as the stand-in knows it. */
  readonly say: MadeSaying;
  /** What it may say by mistake, each equally likely; the role's `fallback` unless given. */
  readonly mistakes?: readonly MadeSaying[];
  /** Overrides the role's dial; a function of the request where help in the prompt makes the stand-in better. */
  readonly competence?: number | ((view: RequestView) => number);
}

/** One model of a scripted endpoint: what it knows and how well it uses it. */
export interface ScriptedRole {
  /** Read from the top; the first that holds, and that the request's tools and format allow, answers. */
  readonly rules: readonly ScriptedRule[];
  /** Said where no rule holds. Default `I do not know.` */
  readonly fallback?: MadeSaying;
  /**
   * Share of questions whose most likely answer is the right one. The same question is always known or always not: asking
   * again does not help. Default 1.
   */
  readonly competence?: number;
  /** Probability, at temperature 1, of saying something else than the most likely answer: asking again helps. Default 0. */
  readonly noise?: number;
}

/** What goes wrong, each with the share of calls it happens to; at most one of them to one call. */
export interface ScriptedFaults {
  /** Errors of the endpoint, by status: 429 and 503 with `Retry-After` where seconds are given. */
  readonly http?: readonly {
    readonly status: number;
    readonly share: number;
    readonly retryAfterSeconds?: number;
  }[];
  /** The body ends in the middle: not JSON; of a stream, an event that is missing its end. */
  readonly brokenBody?: number;
  /** The answer is whole, but JSON within it (a content in braces, arguments of calls) is cut at its last third. */
  readonly malformedJson?: number;
  /** The answer stops at half, with `finish_reason: "length"`. */
  readonly truncated?: number;
  /** No answer comes until the caller gives up. */
  readonly stalled?: number;
}
