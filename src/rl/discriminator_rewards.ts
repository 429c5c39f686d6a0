/** How a discriminator's logit becomes a reward. */
export type DiscriminatorForm = "gail" | "airl" | "fool";

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const FORMS: Record<DiscriminatorForm, (logit: number) => number> = {
  gail: (logit) => softplus(-logit) - Math.LN2,
  airl: (logit) => -logit,
  fool: (logit) => Math.LN2 - softplus(logit),
};

/**
 * The reward of steps that a discriminator takes for an expert's.
 *
 * ```text
 * D = σ(logit) = P(agent)
 * gail  −ln D − ln 2                never below −ln 2
 * airl  ln(1 − D) − ln D = −logit   no bound
 * fool  ln(1 − D) + ln 2            never above ln 2
 * ```
 *
 * Each is 0 at D = ½, where the two cannot be told apart; without the ln 2, `gail` is positive on every step and pays for
 * long episodes, `fool` negative and pays for short ones. That holds for a balanced discriminator; ends of episodes should
 * still be padded to equal length.
 *
 * | Symbol | Shape | Unit | Meaning |
 * | --- | --- | --- | --- |
 * | `logits` | `[steps]` | nats | high = the agent's |
 *
 * @returns `[steps]`, reward. NaN stays NaN.
 * @throws {TypeError} If `form` is unknown.
 * @see Ho & Ermon, arXiv 1606.03476, algorithm 1; Fu et al., arXiv 1710.11248.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { discriminatorRewards } from "@eddy/eddy";
 * deepEqual([...discriminatorRewards(Float32Array.of(0, -2), { form: "airl" })], [-0, 2]);
 * ```
 */
export function discriminatorRewards(
  logits: Float32Array,
  options: { readonly form?: DiscriminatorForm } = {},
): Float32Array {
  const { form = "gail" } = options;
  const reward = FORMS[form];
  if (!reward) throw new TypeError(`Cannot use form '${form}': use one of ${Object.keys(FORMS).join(", ")}`);
  return logits.map(reward);
}
