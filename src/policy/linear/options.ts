/** What a linear policy sees of its texts, and how it learns. */
export interface LinearPolicyOptions {
  /** The weights stand in a table of 2^bits numbers. Default 18. */
  readonly bits?: number;
  /** Whether single words are features. Default true. */
  readonly words?: boolean;
  /** Whether pairs of neighbouring words are features. Default true. */
  readonly bigrams?: boolean;
  /** Shortest and longest character n-gram that is a feature, or `false` for none. Default [3, 5]. */
  readonly characters?: readonly [shortest: number, longest: number] | false;
  /** Weight that the likeness of context and candidate texts starts with: trust in names. Default 0. */
  readonly similarityWeight?: number;
  /**
   * Tanh units between the features and what is scored: what features mean together is then learned, not only what each
   * means alone. 0 for none, else a power of two. Default 0.
   */
  readonly hidden?: number;
  /**
   * What a decision looks at: the turns since the agent's last action (`latest`), or all turns of the episode with its
   * own actions, each word marked by who said it (`all`). Default `latest`.
   */
  readonly memory?: "latest" | "all";
  /**
   * `adagrad` scales each weight's step by all its past gradients, `rmsprop` by its latest (for targets that move), `sgd`
   * by none. Default `adagrad`.
   */
  readonly optimizer?: "adagrad" | "rmsprop" | "sgd";
}
