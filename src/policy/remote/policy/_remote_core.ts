import { EddyError, ShapeError } from "../../../errors.ts";
import type { Kernels } from "../../../kernels/mod.ts";
import { filterLogits } from "../../../language/mod.ts";
import type {
  Decision,
  DecisionRequest,
  Evaluation,
  EvaluationGradients,
  PolicySnapshot,
  SamplingOptions,
  Trajectory,
  UpdateOptions,
  UpdateReport,
} from "../../policy.ts";
import type { RemoteCompletion } from "../wire.ts";
import { Biases, distribution, type RemoteReplay } from "./_biases.ts";
import { readLogProbs } from "./_choosing.ts";
import { RemoteContext } from "./_remote_context.ts";
import type { RemoteDecision } from "./remote_policy.ts";

/** All of a remote policy but the asking: what it makes of answers, and how it learns. */
export class RemoteCore {
  readonly biases: Biases;
  version = 0;
  #evaluated: readonly Trajectory[] | undefined;

  constructor(private readonly kernels: Kernels, private readonly model: string, size: number, from?: PolicySnapshot) {
    this.biases = new Biases(size);
    if (from) this.#restore(from);
  }

  /** Draws a candidate from what the model thinks of each, and the biases. @returns Nothing where it does not tell. */
  draw(request: DecisionRequest, answer: RemoteCompletion, options: SamplingOptions): Decision | undefined {
    const candidates = request.candidates!;
    const logProbs = readLogProbs(answer, candidates.length);
    if (!logProbs) return undefined;
    const { temperature = 1 } = options;
    const replay: RemoteReplay = {
      logProbs,
      places: this.biases.placesOf(candidates),
      temperature: temperature === 0 ? 1 : temperature,
    };
    const logits = this.biases.logits(replay);
    const context = request.context as RemoteContext;
    const drawn = this.#place(logits, options, request.seed, request.stream, context.actions);
    return this.decision(candidates, drawn.place, {
      behaviorLogProbs: Float32Array.of(drawn.logProb),
      rawLogProbs: Float32Array.of(distribution(logits, 1).logProbs[drawn.place]),
      value: this.biases.value,
      replay,
    });
  }

  /** The candidate `action`, had it been taken. @returns Nothing where the model does not tell what it thinks. */
  shown(candidates: readonly string[], answer: RemoteCompletion, action: number): Decision | undefined {
    const logProbs = readLogProbs(answer, candidates.length);
    if (!logProbs) return undefined;
    const none = Float32Array.of(0);
    const replay: RemoteReplay = { logProbs, places: this.biases.placesOf(candidates), temperature: 1 };
    return this.decision(candidates, action, { behaviorLogProbs: none, rawLogProbs: none, value: 0, replay });
  }

  /** A choice of a candidate. */
  decision<Known extends Partial<RemoteDecision>>(
    candidates: readonly string[],
    place: number,
    known: Known,
  ): RemoteDecision & Known {
    return {
      text: candidates[place],
      promptTokens: new Uint32Array(0),
      tokens: Uint32Array.of(place),
      chosen: Uint8Array.of(candidates.length > 1 ? 1 : 0),
      value: this.biases.value,
      policyVersion: this.version,
      replay: undefined,
      ...known,
    };
  }

  #place(
    logits: Float32Array,
    options: SamplingOptions,
    seed: number,
    stream: number,
    counter: number,
  ): { readonly place: number; readonly logProb: number } {
    const { temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
    if (temperature === 0) return { place: logits.indexOf(Math.max(...logits)), logProb: 0 };
    const truncated = topK > 0 || topP < 1 || minP > 0;
    const kept = truncated ? filterLogits(this.kernels, { logits }, { temperature, topK, topP, minP }) : logits;
    const { logProbs } = distribution(kept, truncated ? 1 : temperature);
    const uniform = this.kernels.samplingUniform(BigInt(seed), stream >>> 0, counter);
    let sum = 0;
    const found = logProbs.findIndex((logProb) => (sum += Math.exp(logProb)) > uniform);
    const place = found < 0 ? logProbs.findLastIndex((logProb) => logProb > -Infinity) : found;
    return { place, logProb: logProbs[place] };
  }

  evaluate(trajectories: readonly Trajectory[]): Evaluation {
    const steps = trajectories.flatMap(({ decisions }) => decisions);
    const [logProbs, entropies, values] = [1, 2, 3].map(() => new Float32Array(steps.length));
    for (const [i, { tokens, replay }] of steps.entries()) {
      if (!replay) throw new TypeError("Cannot evaluate: it is not known how likely a decision was");
      const seen = distribution(this.biases.logits(replay as RemoteReplay), (replay as RemoteReplay).temperature);
      logProbs[i] = seen.logProbs[tokens[0]];
      entropies[i] = seen.entropy;
      values[i] = this.biases.value;
    }
    this.#evaluated = trajectories;
    return { logProbs, entropies, values };
  }

  backward({ dLogProbs, dEntropies, dValues }: EvaluationGradients): void {
    if (!this.#evaluated) throw new TypeError("Cannot go backward: nothing was evaluated with these weights");
    const steps = this.#evaluated.flatMap(({ decisions }) => decisions);
    for (const [name, column] of Object.entries({ dLogProbs, dEntropies, dValues })) {
      if (column.length !== steps.length) throw new ShapeError(name, steps.length, column.length);
    }
    for (const [i, { tokens, replay }] of steps.entries()) {
      this.biases.learn(replay as RemoteReplay, tokens[0], dLogProbs[i], dEntropies[i], dValues[i]);
    }
  }

  update({ learningRate, maxGradientNorm = 0, weightDecay = 0 }: UpdateOptions): UpdateReport {
    const gradientNorm = this.biases.update(learningRate, maxGradientNorm, weightDecay);
    const applied = Number.isFinite(gradientNorm);
    if (applied) this.version++;
    this.#evaluated = undefined;
    return { gradientNorm, applied, version: this.version };
  }

  snapshot({ resume = false }: { readonly resume?: boolean } = {}): PolicySnapshot {
    const { weights, squares } = this.biases;
    const shape = [weights.length];
    const tensors = new Map([["remote.biases", { shape, values: weights.slice() }]]);
    if (resume) tensors.set("optimizer.squares", { shape, values: squares.slice() });
    const eddy = { kind: "remote", version: this.version, model: this.model };
    return {
      kind: "remote",
      version: this.version,
      tensors,
      files: new Map([["eddy.json", JSON.stringify(eddy) + "\n"]]),
    };
  }

  #restore({ kind, version, tensors }: PolicySnapshot): void {
    const invalid = (state: string): EddyError => new EddyError("checkpoint_invalid", `Cannot restore: ${state}`);
    if (kind !== "remote") throw invalid(`the snapshot is of a ${kind} policy`);
    const { weights, squares } = this.biases;
    for (const [name, into] of [["remote.biases", weights], ["optimizer.squares", squares]] as const) {
      const values = tensors.get(name)?.values;
      if (!values && into === squares) continue;
      if (values?.length !== into.length || !values.every(Number.isFinite)) {
        throw invalid(`'${name}' has ${values?.length ?? "no"} numbers, expected ${into.length} finite ones`);
      }
      into.set(values);
    }
    this.version = version;
  }
}
