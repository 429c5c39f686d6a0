import { ShapeError } from "../../errors.ts";
import type { Constraint, Tokenizer } from "../../language/mod.ts";
import type { JsonObject, ModelConfig } from "../checkpoint/mod.ts";
import type { Decision, DecisionRequest, Evaluation, Policy, RankedAction, UpdateReport } from "../policy.ts";
import { type Action, beginAction, finishAction, writeChosen } from "./_action.ts";
import { writeActions } from "./_decide.ts";
import { type ActingModel, isPacked } from "./acting_model.ts";
import { backwardPacked, evaluatePacked } from "./_evaluate.ts";
import { type PackedTrajectories, packTrajectories } from "./_pack.ts";
import { adapterWeights, learnerOf, ownWeights } from "./_trained_weights.ts";
import type { LowRankAdapter } from "./adapter/low_rank_adapter.ts";
import { openBeamReader } from "./_beam_reader.ts";
import { rankActions } from "./_rank.ts";
import { candidateTrie } from "./candidate_trie.ts";
import { keepBeginnings } from "./_beginnings.ts";
import { conversationTokens } from "./conversation.ts";
import { freeConstraint } from "./free_constraint.ts";
import { specialTokens } from "./special_tokens.ts";
import { spell } from "./spell.ts";
import { openContext, type TransformerContext } from "./transformer_context.ts";
import { transformerSnapshot } from "./transformer_snapshot.ts";

/** What a transformer policy is made of. */
export interface TransformerPolicyOptions {
  /**
   * The model; the policy owns it from now on and frees it when it is disposed. Packed weights act and do not learn; an
   * adapter beside them does.
   */
  readonly model: ActingModel;
  /** Whether it does. Several policies may share a model, each with an adapter of its own. Default true. */
  readonly ownsModel?: boolean;
  /** Stands beside the model's weights and learns in their place. Absent: the weights learn. */
  readonly adapter?: LowRankAdapter;
  /** The model's shape. */
  readonly config: ModelConfig;
  /** The config.json that the model came with; snapshots keep it. Absent: that of a Llama of this shape. */
  readonly configJson?: JsonObject;
  /** Has the tokens of `SPECIAL_TOKENS`. */
  readonly tokenizer: Tokenizer;
  /** The policy disposes of the tokenizer, too. Default false. */
  readonly ownsTokenizer?: boolean;
  /** Updates behind the weights. Default 0. */
  readonly version?: number;
  /** Longest action; a longer one is closed. Default 256. */
  readonly maximumActionTokens?: number;
  /** Default 0.9, 0.98, 1e-8. */
  readonly adam?: AdamOptions;
  /** With a packed model: conversations that are remembered when they are closed, for those that begin alike. Default 4. */
  readonly keptConversations?: number;
  /**
   * With a packed model: tokens that are guessed from what stood before and read at once, at most. Only speed depends on
   * it. Default 8.
   */
  readonly mostGuesses?: number;
}

/** Constants of AdamW. */
export interface AdamOptions {
  /** Memory of the mean gradient. */
  readonly beta1: number;
  /** Memory of the mean square. */
  readonly beta2: number;
  /** Added to the root of the mean square. */
  readonly epsilon: number;
}

const DEFAULT_ADAM: AdamOptions = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8 };

/** Sets of candidates that recur; worlds that list others at every step cost no memory. */
const CACHED_CANDIDATES = 256;

/**
 * A policy that is a causal language model: it reads the conversation as tokens and writes its action token by token
 * under a mask.
 *
 * Where only one token may follow, nothing is sampled: such tokens have `chosen` 0, and 0 as both log-probabilities. The
 * end token closes every action and belongs to its tokens. A decision's `value` is read just before its first choice. At
 * temperature 0 no token counts as chosen.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import {
 *   createTransformerPolicy, initializeTransformer, loadKernels, SPECIAL_TOKENS, trainTokenizer,
 * } from "@eddy/eddy";
 * const kernels = await loadKernels();
 * using tokenizer = trainTokenizer(kernels, ["left", "right"], { vocabularySize: 270, specialTokens: SPECIAL_TOKENS });
 * const { vocabularySize } = tokenizer;
 * using policy = createTransformerPolicy({ ...initializeTransformer(kernels, { vocabularySize }, 7), tokenizer });
 * using context = policy.open();
 * context.append([{ role: "user", text: "Where to?" }]);
 * const [decision] = policy.decide([{ context, candidates: ["left", "right"], seed: 1, stream: 0 }]);
 * assert.ok(["left", "right"].includes(decision.text));
 * const { logProbs } = policy.evaluate([{ decisions: [decision] }]);
 * assert.ok(logProbs.join() === decision.behaviorLogProbs.join());
 * ```
 *
 * @throws {EddyError} `tokenizer_invalid` If the tokenizer lacks a special token.
 * @throws {ShapeError} If the tokenizer has more tokens than the model.
 */
export function createTransformerPolicy(options: TransformerPolicyOptions): Policy {
  const { model, config, tokenizer, maximumActionTokens = 256, adam = DEFAULT_ADAM } = options;
  const special = specialTokens(tokenizer);
  if (tokenizer.vocabularySize > config.vocabularySize) {
    throw new ShapeError("tokenizer", `at most ${config.vocabularySize} tokens`, tokenizer.vocabularySize);
  }
  const { maximumPositions } = config, { mostGuesses = 8 } = options;
  const limits = { endToken: special.end, maximumPositions, maximumActionTokens, mostGuesses };
  const maskWords = Math.ceil(config.vocabularySize / 32);
  const free = freeConstraint(tokenizer.vocabularySize, special);
  const candidateConstraints = new Map<string, Constraint>();
  const contexts = new WeakSet<object>();
  const trained = options.adapter ? adapterWeights(model, options.adapter) : ownWeights(model);
  let version = options.version ?? 0;
  let weights = 0;
  let packed: PackedTrajectories | undefined;
  const beginnings = isPacked(model) ? keepBeginnings(model, options.keptConversations ?? 4) : undefined;

  const constraintOf = ({ candidates, constraint }: DecisionRequest): Constraint => {
    if (candidates === undefined) return constraint ?? free;
    const key = JSON.stringify(candidates);
    let known = candidateConstraints.get(key);
    if (known === undefined) {
      if (candidateConstraints.size >= CACHED_CANDIDATES) candidateConstraints.clear();
      candidateConstraints.set(key, known = candidateTrie(tokenizer, candidates, special.end));
    }
    return known;
  };

  const contextOf = ({ context }: DecisionRequest): TransformerContext => {
    if (!contexts.has(context)) throw new TypeError("Cannot decide: the context is not one of this policy");
    const own = context as TransformerContext;
    if (own.disposed) throw new TypeError("Cannot decide: the context is disposed");
    return own;
  };

  const begin = (request: DecisionRequest): Action =>
    beginAction(contextOf(request), constraintOf(request), special.roles.assistant, limits);

  const decode = (tokens: Uint32Array): string => tokenizer.decode(tokens);

  return {
    kind: "transformer",
    get version(): number {
      return version;
    },
    parameterCount: trained.parameterCount,

    open(): TransformerContext {
      const context = openContext(trained.openSlot(), weights, {
        encode: (turns) => conversationTokens(tokenizer, special, turns),
        truncate: (slot, length) => model.truncateSlot(slot, length),
        close: (slot, read) =>
          beginnings === undefined || read !== weights ? model.closeSlot(slot) : beginnings.close(slot),
      });
      contexts.add(context);
      return context;
    },

    decide(requests, { temperature = 1, ...sampling } = {}): Decision[] {
      const owners = requests.map(contextOf);
      if (new Set(owners).size < owners.length) throw new TypeError("Cannot decide: a context is asked twice");
      return orRollBack(model, owners, () => {
        for (const context of owners) forgetOldWeights(model, context, weights);
        const actions = requests.map(begin);
        for (const context of owners) beginnings?.share(context);
        const sources = requests.map(({ seed, stream }) => ({ seed: BigInt(seed), stream }));
        writeActions(model, actions, sources, { temperature, ...sampling }, limits);
        return actions.map((action) => finishAction(action, decode, temperature, version));
      });
    },

    rank(requests, count): RankedAction[][] {
      if (!(Number.isInteger(count) && count >= 1)) {
        throw new RangeError(`Cannot rank ${count} actions: ask for at least 1`);
      }
      const searches = requests.map((request) => {
        const prompt = [...contextOf(request).tokens, special.roles.assistant];
        return { prompt, constraint: constraintOf(request) };
      });
      packed = undefined; // the model's activations are of something else now
      trained.select();
      using reader = openBeamReader(model, trained.openSlot);
      return rankActions(reader, searches, count, limits).map((beams) =>
        beams.map(({ tokens, logProb }) => ({ text: decode(Uint32Array.from(tokens.slice(0, -1))), logProb }))
      );
    },

    demonstrate(request, text): Decision {
      const context = contextOf(request);
      return orRollBack(model, [context], () => {
        const action = begin(request);
        const path = [...spell(tokenizer, action.constraint, text, special.end), special.end];
        if (path.length > maximumActionTokens) {
          throw new RangeError(
            `Cannot take an action of ${path.length} tokens: at most ${maximumActionTokens} are allowed`,
          );
        }
        while (!action.ended) writeChosen(action, path[action.chosen.length], 0, 0, true, limits);
        action.value = 0;
        return finishAction(action, decode, 1, version);
      });
    },

    recall(request, { tokens, behaviorLogProbs, value, policyVersion, temperature }): Decision {
      const context = contextOf(request);
      return orRollBack(model, [context], () => {
        const action = begin(request);
        while (!action.ended && action.chosen.length < tokens.length) {
          writeChosen(action, tokens[action.chosen.length], 0, 0, temperature > 0, limits);
        }
        const decision = finishAction(action, decode, temperature, policyVersion);
        const same = decision.tokens.length === tokens.length &&
          decision.tokens.every((token, i) => token === tokens[i]);
        if (!action.ended || !same || behaviorLogProbs.length !== tokens.length) {
          throw new RangeError("Cannot recall the decision: its tokens are not an action of this request");
        }
        return { ...decision, behaviorLogProbs, value };
      });
    },

    evaluate(trajectories, { prompts = false } = {}): Evaluation {
      packed = packTrajectories(trajectories, maskWords, prompts);
      trained.select();
      return evaluatePacked(model, packed);
    },

    backward(gradients): void {
      if (packed === undefined) throw new TypeError("Cannot go backward: nothing was evaluated");
      backwardPacked(options.adapter ? model : learnerOf(model), packed, gradients);
    },

    update({ learningRate, maxGradientNorm = 0, weightDecay = 0 }): UpdateReport {
      const norm = trained.update(adam, learningRate, weightDecay, maxGradientNorm);
      const applied = Number.isFinite(norm);
      if (applied) {
        version += 1;
        weights += 1;
        beginnings?.forget();
      }
      packed = undefined;
      return { gradientNorm: norm, applied, version };
    },

    readGradients: (into) => into.set(trained.readGradients()),
    writeGradients: (from) => trained.writeGradients(from),

    snapshot: ({ resume = false } = {}) =>
      transformerSnapshot({
        model,
        config,
        configJson: options.configJson,
        tokenizer,
        special,
        version,
        adam,
        maximumActionTokens,
        adapter: options.adapter,
      }, resume),

    [Symbol.dispose](): void {
      if (options.ownsModel ?? true) model.free();
      if (options.ownsTokenizer) tokenizer[Symbol.dispose]();
    },
  };
}

/** The cache of other weights is worth nothing. */
function forgetOldWeights(model: ActingModel, context: TransformerContext, weights: number): void {
  if (context.weights === weights) return;
  model.truncateSlot(context.slot, 0);
  context.fed = 0;
  context.weights = weights;
}

/** Takes back what was written to the contexts when an action fails half-way. */
function orRollBack<Result>(
  model: ActingModel,
  contexts: readonly TransformerContext[],
  act: () => Result,
): Result {
  const lengths = contexts.map(({ tokens }) => tokens.length);
  try {
    return act();
  } catch (error) {
    for (const [index, context] of contexts.entries()) {
      context.tokens.length = lengths[index];
      context.fed = Math.min(context.fed, lengths[index], model.slotLength(context.slot));
      model.truncateSlot(context.slot, context.fed);
    }
    throw error;
  }
}
