import type { StepRecord, Tool, Turn } from "../episode/mod.ts";
import type { LanguageModel, PolicySnapshot, RewardJudgement, SpokenToken } from "../policy/mod.ts";
import type { Assignment } from "../store/mod.ts";

/**
 * One named agent as requests meet it: it holds the versions that are served, and chooses. It writes nothing down and
 * learns nothing; what it returns is kept by the caller before anyone is told.
 */
export interface ServedAgent extends Disposable {
  /** Its name. */
  readonly name: string;
  /** What chooses. */
  readonly kind: "reward-model" | "linear" | "transformer";
  /**
   * The language model that it is, where it answers in its own words: it can be listened to while it writes.
   *
   * @param episodeId Of the answer: an episode keeps to one arm. Absent: what most episodes meet.
   */
  language?(episodeId?: string): SpeakingModel;
  /** One of its installed versions as an agent, where each can be asked by itself. */
  at?(version: number): ServedAgent | undefined;
  /**
   * Looks where its versions come from, and serves a newer one from the next request on.
   *
   * @returns Whether there was one.
   * @throws {EddyError} If it cannot be used; what served goes on.
   */
  refresh?(): boolean;
  /** How its versions get to edges, where they come from elsewhere than the loop. */
  readonly travelling?: TravellingVersions;
  /** What serves now. */
  readonly assignment: Assignment;
  /** Versions that are loaded. */
  readonly installed: readonly number[];
  /**
   * Chooses. Episodes keep to one arm: the share of a canary is a share of episodes, drawn from the episode's id.
   *
   * @throws {EddyError} `request_invalid` If the request lists no candidates and the agent has none, or names a tool that
   * cannot be called.
   */
  decide(request: AgentRequest): DecidedStep;
  /** Loads a version, so that it can be assigned. It answers nothing yet. */
  install(version: number, payload: VersionPayload): void;
  /** Unloads a version. @throws {RangeError} If it is assigned. */
  uninstall(version: number): void;
  /** Changes what serves, between two requests. @throws {RangeError} If a version is not installed. */
  assign(assignment: Assignment): void;
}

/** Versions that an agent serves by itself, for those who serve the same elsewhere. */
export interface TravellingVersions {
  /** All that a version is; undefined where it is not served any more. */
  snapshot(version: number): PolicySnapshot | undefined;
  /** Calls back when another version serves. @returns What ends that. */
  onChange(listener: () => void): () => void;
}

/** A language model as an agent: what it writes is kept as steps, like any other decision. */
export interface SpeakingModel {
  /** What writes. */
  readonly model: LanguageModel;
  /** Of its weights. */
  readonly version: number;
  /** The step that an answer was. @param action All that was written. */
  record(request: AgentRequest, tokens: SpokenTokens, action: string): SpokenStep;
}

/** An answer's tokens, of which its step keeps all that learning from it takes. */
export interface SpokenTokens {
  /** What was read. */
  readonly prompt: Uint32Array;
  /** What was drawn, in order. */
  readonly tokens: readonly Pick<SpokenToken, "id" | "logProb" | "behaviorLogProb">[];
}

/** An answer as a step. */
export interface SpokenStep {
  /** What is kept. */
  readonly record: StepRecord;
}

/** One question to an agent. */
export interface AgentRequest {
  /** Its id, UUIDv7; the caller makes it. */
  readonly stepId: string;
  /** The attempt it belongs to. */
  readonly episodeId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The whole conversation so far, oldest first. */
  readonly turns: readonly Turn[];
  /** The admissible actions, where they are listed. */
  readonly candidates?: readonly string[];
  /** What may be called, for a policy that writes tool calls; its world's tools unless given. */
  readonly tools?: readonly Tool[];
  /** False takes the best action: for evaluation. Default true. */
  readonly explore?: boolean;
  /** Divides the logits of a policy over tokens. Default 1 while exploring, 0 otherwise. */
  readonly temperature?: number;
  /** Names the draw. Unsigned 32-bit. */
  readonly seed: number;
  /** What the application did by itself, in mode `shadow`. */
  readonly taken?: string;
}

/** A choice, with what only the answer needs. */
export interface DecidedStep {
  /** What is kept. */
  readonly record: StepRecord;
  /** [tokens] texts of the action's tokens and the log-probability of each, where it was written in tokens. */
  readonly tokens?: readonly { readonly text: string; readonly logProb: number }[];
  /** Tokens read, where there are any. */
  readonly promptTokens?: number;
}

/** How a version travels. */
export type VersionPayload =
  | { readonly kind: "snapshot"; readonly snapshot: PolicySnapshot }
  /** The judgements that lead from an installed version to this one: smaller and faster than a snapshot, and equal. */
  | { readonly kind: "judgements"; readonly base: number; readonly judgements: readonly RewardJudgement[] };
