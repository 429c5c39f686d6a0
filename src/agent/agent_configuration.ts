import type { Metrics } from "../episode/mod.ts";
import type { Device, ModelWeights, RewardModelOptions } from "../policy/mod.ts";
import type { Exploration } from "../rl/mod.ts";

/** One agent as it is served and learns. */
export interface AgentConfiguration {
  /** What chooses, and where it starts from. */
  readonly policy: RewardModelShape | CheckpointShape;
  /** Candidates of requests that list none. */
  readonly candidates?: readonly string[];
  /** Which signals there are. */
  readonly metrics: Metrics;
  /** The metric that it learns from; the others are watched. */
  readonly learnsFrom: string;
  /**
   * `learn` serves and learns; `frozen` serves and keeps judgements; `shadow` returns the application's own choice
   * (`request.taken`, else the first candidate), learns from it, and records what the policy would have done.
   */
  readonly mode: "learn" | "frozen" | "shadow";
  /** How it explores while judgements are expected. */
  readonly exploration: Exploration;
  /** When an update is made. */
  readonly update: UpdateConfiguration;
  /** When a version may be served. */
  readonly gate: GateConfiguration;
}

/** A reward model with exploration: learns from every judgement as it comes. */
export interface RewardModelShape {
  /** Tells the shapes apart. */
  readonly kind: "reward-model";
  /** Which model. */
  readonly options: RewardModelOptions;
}

/** A policy from a checkpoint (linear or transformer): learns by batched step-wise policy gradients. */
export interface CheckpointShape {
  /** Tells the shapes apart. */
  readonly kind: "checkpoint";
  /** Folder of a checkpoint or a run. */
  readonly path: string;
  /** World whose tools it may call and whose held-out tasks the gate plays; the run's own unless given. */
  readonly environment?: string;
  /** File of a chat template (Jinja, or a `tokenizer_config.json`), for a language model that brings none or another. */
  readonly chatTemplate?: string;
  /**
   * How the matrices of a language model from elsewhere are kept: `e4`, `e7` or `q8` packed, `f32` as plain numbers; as
   * `eddy import` packed them, else `q8`, unless given. What Eddy trained keeps its weights as they learn.
   */
  readonly weights?: ModelWeights;
  /**
   * The adapter by which a language model from elsewhere learns in mode `learn`, in the words of PEFT. Default rank 8, alpha
   * 16, beside all products; the model's own weights stay as they are.
   */
  readonly lora?: AdapterShape;
  /**
   * Where a language model from elsewhere computes: `cpu` unless given, `webgpu`, or `auto`, which measures both. Its
   * adapters stand beside it on the processor alone. When its GPU is lost it goes on with the processor.
   */
  readonly device?: Device;
  /**
   * Low-rank adapters beside a language model, by name: folders that PEFT or `eddy tune` wrote. Each is asked as
   * `agent:name`, or `agent:name@version`. Where a folder has `latest`, the version that it points at is taken up while it
   * serves; the two before stay to be asked by their numbers.
   */
  readonly adapters?: Readonly<Record<string, string>>;
}

/** A low-rank adapter that learns. */
export interface AdapterShape {
  /** Numbers between A and B. */
  readonly rank: number;
  /** Its products count alpha / rank. */
  readonly alpha: number;
  /** Modules that it stands beside: `all-linear`, or names such as `q_proj`. */
  readonly targets: string | readonly string[];
}

/** When an update is made. Reward models learn every judgement at once; these are for policy gradients. */
export interface UpdateConfiguration {
  /** Judged steps of one update. */
  readonly judgements: number;
  /** An update with fewer is made after this long. */
  readonly seconds: number;
  /** Versions that a judged step may be behind; older ones are only counted. */
  readonly staleness: number;
  /** Size of a step. */
  readonly learningRate: number;
}

/** When a version may be served. */
export interface GateConfiguration {
  /** Judgements between two candidates for publication (reward models). */
  readonly everyJudgements: number;
  /**
   * Judgements that the published version stays behind what was learned: the time that a poisoned signal has to show itself
   * before more than the canary's share of episodes sees it.
   */
  readonly delayJudgements: number;
  /** Share of episodes that a candidate answers before it is published; 0 publishes at once. */
  readonly canaryShare: number;
  /** Judged canary steps before it can be promoted. */
  readonly canaryJudgements: number;
  /** Share of judged steps that are never learned from: the held-out set of the off-policy estimate. */
  readonly heldOutShare: number;
  /** Smallest effective sample size with which an off-policy estimate counts. */
  readonly minimumEffectiveSamples: number;
  /** One-sided confidence of the bounds. */
  readonly confidence: number;
  /** Largest loss of reward against the published version that the bound may allow. */
  readonly tolerance: number;
  /** Drop of the judged reward below its long mean, in standard errors, that freezes learning and rolls back. */
  readonly driftSigmas: number;
}
