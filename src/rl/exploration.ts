/**
 * How estimated rewards become probabilities of acting. `b` is the best candidate, `K` their number.
 *
 * ```text
 * greedy          p_b = 1
 * epsilon-greedy  p_a = ε/K,  p_b = 1 − ε + ε/K
 * softmax         p_a ∝ exp(s_a / temperature)
 * inverse-gap     p_a = 1 / (K + γ_t (s_b − s_a)),  γ_t = scale · min(t, window)^exponent,  rest to b   (SquareCB)
 * thompson        p_a = share of draws from the posterior in which a is best
 * ```
 */
export type Exploration =
  | { readonly kind: "greedy" }
  | { readonly kind: "epsilon-greedy"; readonly epsilon: number }
  | { readonly kind: "softmax"; readonly temperature: number }
  | {
    readonly kind: "inverse-gap";
    /** Default 10. */
    readonly scale?: number;
    /** Default 0.5. */
    readonly exponent?: number;
    /** `t` stops growing here, so that exploration never freezes. Default 20000. */
    readonly window?: number;
    /** More candidates than this: only the best `top` and `extra` uniform others can be chosen. Default 32 and 4. */
    readonly top?: number;
    /** See `top`. */
    readonly extra?: number;
    /** Smallest probability of any candidate that can be chosen. Default 0.002. */
    readonly floor?: number;
  }
  | { readonly kind: "thompson"; readonly draws?: number; readonly scale?: number };
