import { ShapeError } from "../../../errors.ts";
import { drawOf } from "../scripted/_draw.ts";

/** What the same choice needs to be seen again. */
export interface RemoteReplay {
  /** [candidates] what the model thinks of each, nats, not normalized. */
  readonly logProbs: Float32Array;
  /** [candidates] places in the table of biases. */
  readonly places: Uint32Array;
  /** Temperature that gradients are taken at. */
  readonly temperature: number;
}

/**
 * The part of a remote policy that learns: a bias for each candidate's text, by hash, and one number for the value.
 *
 * ```text
 * z_c = (log p_model(c) + b[hash(c)]) / T        π(c) = exp(z_c) / Σ exp(z)        value = v
 * ∂ log π(a) / ∂b_k = Σ_c ([c = a] − π(c)) / T   over the candidates c whose place is k
 * ∂ H / ∂b_k        = −Σ_c π(c) (log π(c) + H) / T
 * ```
 *
 * Weights move by AdaGrad. @see own derivation; the policies' conformance suite checks it by finite differences.
 */
export class Biases {
  /** [size + 1] the biases, then the value. */
  readonly weights: Float32Array;
  /** [size + 1] sums of squared gradients. */
  readonly squares: Float32Array;
  /** [size + 1] the accumulated gradient. */
  readonly gradients: Float32Array;

  /** @param size Numbers of the table, a power of 2. */
  constructor(readonly size: number) {
    if (!(size >= 2 && size <= 2 ** 24 && Number.isInteger(Math.log2(size)))) {
      throw new RangeError(`Cannot make a table of ${size} biases: expected a power of 2 from 2 to 2^24`);
    }
    [this.weights, this.squares, this.gradients] = [0, 1, 2].map(() => new Float32Array(size + 1));
  }

  /** The places of candidates. */
  placesOf(candidates: readonly string[]): Uint32Array {
    return Uint32Array.from(candidates, (candidate) => Math.floor(drawOf(candidate) * this.size));
  }

  /** Estimated return. */
  get value(): number {
    return this.weights[this.size];
  }

  /** [candidates] what is thought of each, with its bias; not normalized, temperature 1. */
  logits({ logProbs, places }: RemoteReplay): Float32Array {
    return logProbs.map((logProb, c) => logProb + this.weights[places[c]]);
  }

  /** Adds a decision's gradient. */
  learn(replay: RemoteReplay, action: number, dLogProb: number, dEntropy: number, dValue: number): void {
    const { places, temperature } = replay;
    const { logProbs, entropy } = distribution(this.logits(replay), temperature);
    for (const [c, logProb] of logProbs.entries()) {
      const probability = Math.exp(logProb);
      const byLogProb = (c === action ? 1 : 0) - probability;
      const byEntropy = probability === 0 ? 0 : -probability * (logProb + entropy);
      this.gradients[places[c]] += (dLogProb * byLogProb + dEntropy * byEntropy) / temperature;
    }
    this.gradients[this.size] += dValue;
  }

  /** Moves the weights against the gradient and clears it. @returns Its norm before clipping. */
  update(learningRate: number, maxGradientNorm: number, weightDecay: number): number {
    const { weights, squares, gradients } = this;
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient * gradient, 0));
    const scale = maxGradientNorm > 0 && norm > maxGradientNorm ? maxGradientNorm / norm : 1;
    if (Number.isFinite(norm)) {
      for (const [k, raw] of gradients.entries()) {
        if (raw === 0) continue;
        const gradient = raw * scale;
        squares[k] += gradient * gradient;
        weights[k] -= learningRate * (gradient / (Math.sqrt(squares[k]) + 1e-8) + weightDecay * weights[k]);
      }
    }
    gradients.fill(0);
    return norm;
  }

  /** Checks that an array has one number for each parameter. @throws {ShapeError} */
  check(name: string, { length }: Float32Array): void {
    if (length !== this.weights.length) throw new ShapeError(name, this.weights.length, length);
  }
}

/**
 * Normalized log-probabilities at a temperature, and their entropy. Nats.
 *
 * @param logits [candidates] −Infinity is never chosen.
 */
export function distribution(
  logits: Float32Array,
  temperature: number,
): { readonly logProbs: Float64Array; readonly entropy: number } {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  const most = scaled.reduce((most, one) => Math.max(most, one), -Infinity);
  const total = most + Math.log(scaled.reduce((sum, one) => sum + Math.exp(one - most), 0));
  // Never above 0, whatever rounding does.
  const logProbs = scaled.map((one) => Math.min(0, one - total));
  const entropy = logProbs.reduce((sum, one) => one === -Infinity ? sum : sum - Math.exp(one) * one, 0);
  return { logProbs, entropy };
}
