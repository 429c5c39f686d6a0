/** One raw judgement, as it came in; a reward is derived from it, both are kept. */
export interface Feedback {
  /** UUIDv7, made where it was received. */
  readonly id: string;
  /**
   * Names the judgement for repeats: equal key and equal content is the same judgement, equal key and other content is a
   * conflict. Clients that send none get one derived from (step, metric, author, value).
   */
  readonly key: string;
  /** The agent that acted. */
  readonly agent: string;
  /** A declared metric, `comment` or `correction`. */
  readonly metric: string;
  /** The attempt it is about. */
  readonly episodeId: string;
  /** The decision it is about; absent for metrics of whole episodes. */
  readonly stepId?: string;
  /** A boolean, a number, a comment, or the action that should have been taken. */
  readonly value: boolean | number | string;
  /** Who judged: `person`, `program`, or a name of the application's own. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What became of one piece of feedback. Nothing is dropped in silence. */
export type FeedbackStatus =
  /** Its step is there and it counts. */
  | "joined"
  /** Its step is not there yet: it waits for the metric's window, then it is an orphan. */
  | "early"
  /** Its step never came. */
  | "orphaned"
  /** It came after the window closed: kept, not learned from. */
  | "late"
  /** Another judgement already settled the reward (aggregation `first`): kept, not learned from. */
  | "superseded";

/** The answer to a piece of feedback. */
export type FeedbackOutcome =
  | { readonly kind: "accepted"; readonly id: string; readonly status: FeedbackStatus }
  /** The same key with the same content was accepted before; nothing was counted twice. */
  | { readonly kind: "duplicate"; readonly id: string }
  /** The same key with other content was accepted before; this one was not kept. */
  | { readonly kind: "conflict"; readonly id: string };
