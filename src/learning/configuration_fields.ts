import type { TrainConfiguration } from "./configuration.ts";

/** What one field of a configuration may hold, and what it means. */
export type ConfigurationField =
  | { readonly type: "integer"; readonly minimum: number; readonly maximum?: number; readonly meaning: string }
  | { readonly type: "number"; readonly minimum: number; readonly maximum?: number; readonly meaning: string }
  | { readonly type: "choice"; readonly choices: readonly string[]; readonly meaning: string }
  | { readonly type: "text"; readonly meaning: string };

/** `a`, `b.c`: the dotted path of every field that holds a value. */
export type ConfigurationPath = LeafPath<TrainConfiguration>;
/** The dotted paths of the leaves of a type; of every member, for a union. */
export type LeafPath<T> = T extends unknown ? {
    [K in keyof T & string]: T[K] extends object ? `${K}.${LeafPath<T[K]> & string}` : K;
  }[keyof T & string]
  : never;

const count = (meaning: string, minimum = 1): ConfigurationField => ({ type: "integer", minimum, meaning });
const share = (meaning: string): ConfigurationField => ({ type: "number", minimum: 0, maximum: 1, meaning });
const amount = (meaning: string): ConfigurationField => ({ type: "number", minimum: 0, meaning });

/** Every field of a {@linkcode TrainConfiguration}, by path: complete by type. */
export const CONFIGURATION_FIELDS: Readonly<Record<ConfigurationPath, ConfigurationField>> = {
  preset: { type: "choice", choices: ["desk", "spark", "intents", "scan"], meaning: "what this began from" },
  environment: { type: "text", meaning: "a world's name, or the path of a module that exports one" },
  seed: { type: "integer", minimum: 0, maximum: 0xffffffff, meaning: "equal seeds give equal weights" },
  workers: { type: "integer", minimum: 1, maximum: 64, meaning: "workers at once; changes the time, not the result" },
  out: { type: "text", meaning: "folder of checkpoints, events and report" },
  "policy.kind": { type: "choice", choices: ["transformer", "linear"], meaning: "what chooses" },
  "policy.hiddenSize": count("width of the residual stream"),
  "policy.layers": count("transformer blocks"),
  "policy.heads": count("query heads"),
  "policy.keyValueHeads": count("key and value heads"),
  "policy.intermediateSize": count("inner width of the feed-forward block"),
  "policy.maximumPositions": count("longest episode, in tokens"),
  "policy.bits": { type: "integer", minimum: 1, maximum: 30, meaning: "2^bits weights" },
  "tokenizer.vocabularySize": count("entries, bytes included", 256),
  "warmStart.episodes": count("expert episodes to imitate; 0: none", 0),
  "warmStart.epochs": count("passes over them"),
  "warmStart.learningRate": amount("of the imitation"),
  "warmStart.batchEpisodes": count("episodes behind one update"),
  "reinforcement.updates": count("rounds of acting and learning", 0),
  "reinforcement.episodesPerUpdate": count("episodes acted in each round"),
  "reinforcement.epochs": count("passes over them"),
  "reinforcement.minibatches": count("optimizer changes per pass"),
  "reinforcement.learningRate": amount("of the reinforcement"),
  "reinforcement.gamma": share("discount of the next step's return"),
  "reinforcement.lambda": share("weight of longer returns"),
  "reinforcement.clipEpsilon": amount("importance ratios count within 1 ± this"),
  "reinforcement.entropyCoefficient": amount("weight of the entropy bonus"),
  "reinforcement.valueCoefficient": amount("weight of the value loss"),
  "reinforcement.maxGradientNorm": amount("largest global norm; 0: unclipped"),
  "reinforcement.reward": { type: "choice", choices: ["step", "episode"], meaning: "when reward is told" },
  "evaluation.episodes": count("held-out episodes behind a point of the curve"),
  "evaluation.everyUpdates": count("updates between two points"),
};
