import type { ChainOptions, ChainStep } from "../../src/language/mod.ts";

interface Candidate {
  readonly id: number;
  readonly logit: number;
}

/** Sorted by probability, the definition of every step word for word, in float64. */
export function samplerChain(
  logits: ArrayLike<number>,
  context: readonly number[],
  options: Required<
    Omit<
      ChainOptions,
      | "logitBias"
      | "raw"
      | "adaptiveTarget"
      | "adaptiveDecay"
      | "infill"
      | "mirostatTokens"
      | "mirostatEta"
      | "mirostatTau"
      | "mirostat"
    >
  >,
  chance: number,
): number[] {
  let left: Candidate[] = Array.from(logits, (logit, id) => ({ id, logit }));
  for (const step of options.order as readonly (keyof typeof STEPS)[]) {
    left = STEPS[step](left, context, options, chance);
  }
  const row = Array.from(logits, () => -Infinity);
  for (const { id, logit } of left) row[id] = logit;
  return row;
}

type Step = (
  left: Candidate[],
  context: readonly number[],
  options: Parameters<typeof samplerChain>[2],
  chance: number,
) => Candidate[];

function sorted(left: readonly Candidate[]): Candidate[] {
  return [...left].sort((a, b) => b.logit - a.logit || a.id - b.id);
}

function probabilities(left: readonly Candidate[]): number[] {
  const max = Math.max(...left.map(({ logit }) => logit));
  const weights = left.map(({ logit }) => Math.exp(logit - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function entropy(shares: readonly number[]): number {
  return -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}

function lastOf(context: readonly number[], window: number): readonly number[] {
  return window < 0 ? context : context.slice(Math.max(0, context.length - window));
}

const STEPS: Readonly<Record<Exclude<ChainStep, "infill" | "adaptive_p">, Step>> = {
  penalties(left, context, { penaltyWindow, repetitionPenalty, frequencyPenalty, presencePenalty }): Candidate[] {
    const last = lastOf(context, penaltyWindow);
    return left.map(({ id, logit }) => {
      const count = last.filter((token) => token === id).length;
      if (count === 0) return { id, logit };
      const divided = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      return { id, logit: divided - count * frequencyPenalty - presencePenalty };
    });
  },
  dry(left, context, { dryMultiplier, dryBase, dryAllowedLength, dryWindow, dryBreakers }): Candidate[] {
    const last = lastOf(context, dryWindow);
    if (dryMultiplier === 0 || last.length <= dryAllowedLength) return left;
    // back from the end to the nearest place where a breaker stands whole
    let limit = last.length;
    for (let at = last.length - 1; at >= 0 && limit === last.length; at--) {
      const here = dryBreakers.filter((breaker) => breaker.every((token, i) => last[at + i] === token));
      if (here.length > 0) limit = last.length - at - Math.max(...here.map((breaker) => breaker.length));
    }
    if (limit < dryAllowedLength) return left;
    const lengths = new Map<number, number>();
    for (let at = 0; at < last.length - 1; at++) {
      let length = 0;
      while (length < limit && length <= at && last[at - length] === last[last.length - 1 - length]) length++;
      lengths.set(last[at + 1], Math.max(length, lengths.get(last[at + 1]) ?? 0));
    }
    const breaks = new Set(dryBreakers.filter((breaker) => breaker.length === 1).map(([token]) => token));
    return left.map(({ id, logit }) => {
      const length = lengths.get(id) ?? 0;
      if (length === 0 || length < dryAllowedLength || breaks.has(id)) return { id, logit };
      return { id, logit: logit - dryMultiplier * dryBase ** (length - dryAllowedLength) };
    });
  },
  top_n_sigma(left, _context, { topNSigma }): Candidate[] {
    if (topNSigma <= 0 || left.length < 2) return left;
    const mean = left.reduce((sum, { logit }) => sum + logit, 0) / left.length;
    const deviation = Math.sqrt(left.reduce((sum, { logit }) => sum + (logit - mean) ** 2, 0) / left.length);
    const limit = Math.max(...left.map(({ logit }) => logit)) - topNSigma * deviation;
    // what is out is still counted
    return left.map(({ id, logit }) => ({ id, logit: logit >= limit ? logit : -Infinity }));
  },
  top_k: (left, _context, { topK }) => topK > 0 ? sorted(left).slice(0, topK) : left,
  typ_p(left, _context, { typicalP, minKeep }): Candidate[] {
    if (typicalP >= 1) return left;
    const shares = probabilities(left);
    const h = entropy(shares);
    const order = left.map((candidate, i) => ({
      candidate,
      share: shares[i],
      far: Math.abs(-Math.log(shares[i]) - h),
    }));
    order.sort((a, b) => a.far - b.far || a.candidate.id - b.candidate.id);
    let sum = 0;
    const last = order.findIndex(({ share }, i) => (sum += share) > typicalP && i + 1 >= minKeep);
    return order.slice(0, last < 0 ? order.length : last + 1).map(({ candidate }) => candidate);
  },
  top_p(left, _context, { topP, minKeep }): Candidate[] {
    if (topP >= 1) return left;
    const order = sorted(left);
    let sum = 0;
    const last = probabilities(order).findIndex((share, i) => (sum += share) >= topP && i + 1 >= minKeep);
    return order.slice(0, last < 0 ? order.length : last + 1);
  },
  min_p(left, _context, { minP, minKeep }): Candidate[] {
    if (minP <= 0) return left;
    const order = sorted(left);
    return order.filter(({ logit }, i) => i < Math.max(1, minKeep) || logit >= order[0].logit + Math.log(minP));
  },
  xtc(left, _context, { xtcProbability, xtcThreshold, minKeep }, chance): Candidate[] {
    if (xtcProbability <= 0 || xtcThreshold > 0.5 || left.length < 2 || chance > xtcProbability) return left;
    const order = sorted(left);
    const above = probabilities(order).filter((share) => share >= xtcThreshold).length;
    return above > 1 && order.length - above + 1 >= minKeep ? order.slice(above - 1) : order;
  },
  temperature(left, _context, { temperature, dynamicTemperatureRange, dynamicTemperatureExponent }): Candidate[] {
    let divisor = temperature;
    if (dynamicTemperatureRange > 0) {
      if (left.length < 2) return left;
      const low = Math.max(0, temperature - dynamicTemperatureRange);
      const share = entropy(probabilities(left)) / Math.log(left.length);
      divisor = low + (temperature + dynamicTemperatureRange - low) * share ** dynamicTemperatureExponent;
    }
    if (divisor <= 0) return sorted(left).slice(0, 1);
    return left.map(({ id, logit }) => ({ id, logit: logit / divisor }));
  },
};
