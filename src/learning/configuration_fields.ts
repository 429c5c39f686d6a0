import type { TrainConfiguration } from "./configuration.ts";

/** What one field of a configuration may hold, and what it means. */
export type ConfigurationField =
  | { readonly type: "integer"; readonly minimum: number; readonly maximum?: number; readonly meaning: string }
  | { readonly type: "number"; readonly minimum: number; readonly maximum?: number; readonly meaning: string }
  | { readonly type: "choice"; readonly choices: readonly string[]; readonly meaning: string }
  | { readonly type: "text"; readonly meaning: string };

/** `a`, `b.c`: the dotted path of every field that Eddy knows; a world's own knobs stand beside them. */
export type ConfigurationPath = LeafPath<Omit<TrainConfiguration, "environmentOptions">>;
/** The dotted paths of the leaves of a type; of every member, for a union. */
export type LeafPath<T> = T extends unknown ? {
    [K in keyof T & string]: T[K] extends object ? `${K}.${LeafPath<T[K]> & string}` : K;
  }[keyof T & string]
  : never;

const count = (meaning: string, minimum = 1): ConfigurationField => ({ type: "integer", minimum, meaning });
const share = (meaning: string): ConfigurationField => ({ type: "number", minimum: 0, maximum: 1, meaning });
const amount = (meaning: string): ConfigurationField => ({ type: "number", minimum: 0, meaning });

/** Every field of a {@linkcode TrainConfiguration} but the world's own knobs, by path: complete by type. */
export const CONFIGURATION_FIELDS: Readonly<Record<ConfigurationPath, ConfigurationField>> = {
  preset: { type: "text", meaning: "what this began from" },
  environment: { type: "text", meaning: "a world's name, or a module that exports one" },
  seed: { type: "integer", minimum: 0, maximum: 0xffffffff, meaning: "equal seeds give equal weights" },
  workers: { type: "integer", minimum: 0, maximum: 64, meaning: "workers at once: the time changes, never the result" },
  checkpointEvery: count("updates between checkpoints"),
  out: { type: "text", meaning: "folder of checkpoints, events and report" },
  "policy.kind": { type: "choice", choices: ["transformer", "linear"], meaning: "what chooses" },
  "policy.vocabularySize": count("largest vocabulary, bytes included", 256),
  "policy.hiddenSize": count("width of the residual stream"),
  "policy.layers": count("transformer blocks"),
  "policy.heads": count("query heads"),
  "policy.keyValueHeads": count("key and value heads"),
  "policy.headDimension": count("width of one head"),
  "policy.intermediateSize": count("inner width of the feed-forward block"),
  "policy.maximumPositions": count("longest episode, in tokens"),
  "policy.hashBits": { type: "integer", minimum: 1, maximum: 24, meaning: "2^hashBits weights" },
  "policy.features": { type: "choice", choices: ["words", "all"], meaning: "words alone, or pairs and parts too" },
  "warmStart.updates": count("of imitation; 0: none", 0),
  "warmStart.episodesPerUpdate": count("fresh demonstrations an update"),
  "warmStart.shards": count("parts of a batch, whose gradients are summed in order"),
  "warmStart.learningRate": amount("of the imitation, at its highest"),
  "warmStart.languageCoefficient": amount("weight of predicting what is shown, too"),
  "warmStart.maxGradientNorm": amount("largest global norm; 0: unclipped"),
  "warmStart.weightDecay": amount("pull of the weights towards 0"),
  "reinforcement.updates": count("rounds of acting and learning", 0),
  "reinforcement.episodesPerUpdate": count("episodes acted in each round"),
  "reinforcement.shards": count("parts of a batch, whose gradients are summed in order"),
  "reinforcement.epochs": count("passes over them"),
  "reinforcement.minibatches": count("optimizer steps a pass; divides the shards"),
  "reinforcement.learningRate": amount("of the reinforcement, at its highest"),
  "reinforcement.gamma": share("discount of the next step's return"),
  "reinforcement.lambda": share("weight of longer returns"),
  "reinforcement.clipEpsilon": share("ratios push down to 1 − this"),
  "reinforcement.clipEpsilonHigh": amount("ratios push up to 1 + this"),
  "reinforcement.entropyCoefficient": amount("weight of the entropy bonus"),
  "reinforcement.valueCoefficient": amount("weight of the value loss"),
  "reinforcement.maxGradientNorm": amount("largest global norm; 0: unclipped"),
  "reinforcement.weightDecay": amount("pull of the weights towards 0"),
  "reinforcement.reward": { type: "choice", choices: ["step", "episode"], meaning: "when reward is told" },
  "evaluation.episodes": count("held-out episodes behind a point of the curve"),
  "evaluation.finalEpisodes": count("held-out episodes behind the closing figures"),
  "evaluation.points": count("points of the curve in each phase"),
  "evaluation.temperature": amount("of held-out play; 0: the most likely"),
};
