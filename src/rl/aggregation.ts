/**
 * How the losses of single tokens become one number.
 *
 * ```text
 * token-mean               Σ m·l / Σ m                            every token counts the same
 * token-sum                Σ m·l
 * seq-mean-token-sum       mean over rows of the row's Σ m·l      longer rows count more
 * seq-mean-token-mean      mean over rows of the row's mean       every row counts the same
 * seq-mean-token-sum-norm  seq-mean-token-sum / norm              a fixed length instead of the row's (Dr.GRPO)
 * ```
 *
 * Rows without a learnable token are not counted; a batch without any gives loss 0.
 */
export type AggregationMode =
  | "token-mean"
  | "token-sum"
  | "seq-mean-token-sum"
  | "seq-mean-token-mean"
  | "seq-mean-token-sum-norm";

/** The mode and the denominators that may replace the batch's own. */
export interface AggregationOptions {
  /** Default `token-mean`. */
  readonly aggregation?: AggregationMode;
  /** Length that `seq-mean-token-sum-norm` divides by, in tokens; default the longest row. */
  readonly norm?: number;
  /** Replaces the count of learnable tokens: gradients of several calls then add up to one large batch's. */
  readonly globalTokens?: number;
  /** Replaces the count of rows that have a learnable token. */
  readonly globalRows?: number;
}
