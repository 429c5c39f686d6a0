import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type ChainOptions,
  createSamplerChain,
  DEFAULT_CHAIN,
  dryBreakers,
  infillTokens,
  topLogProbs,
  trainTokenizer,
} from "../../src/language/mod.ts";
import { samplerChain } from "../oracles/sampler_chain.ts";

const kernels = await loadKernels();
const draw = { seed: 5n, stream: 1, counter: 0 };
const OFF = {
  order: DEFAULT_CHAIN,
  temperature: 1,
  dynamicTemperatureRange: 0,
  dynamicTemperatureExponent: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  typicalP: 1,
  topNSigma: -1,
  xtcProbability: 0,
  xtcThreshold: 0.1,
  penaltyWindow: 64,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  dryMultiplier: 0,
  dryBase: 1.75,
  dryAllowedLength: 2,
  dryWindow: -1,
  dryBreakers: [] as readonly (readonly number[])[],
  minKeep: 0,
} satisfies ChainOptions;

const share = fc.double({ min: 0.05, max: 1, noNaN: true });
const options = fc.record({
  order: fc.shuffledSubarray([...DEFAULT_CHAIN]),
  temperature: fc.constantFrom(0.3, 0.8, 1, 1.7),
  dynamicTemperatureRange: fc.constantFrom(0, 0, 0.5),
  dynamicTemperatureExponent: fc.constantFrom(1, 0.7),
  topK: fc.constantFrom(0, 1, 5, 40),
  topP: share,
  minP: fc.constantFrom(0, 0.05, 0.4),
  typicalP: share,
  topNSigma: fc.constantFrom(-1, 0.5, 1, 2),
  xtcProbability: fc.constantFrom(0, 0.5, 1),
  xtcThreshold: fc.constantFrom(0.02, 0.1, 0.6),
  penaltyWindow: fc.constantFrom(-1, 0, 3, 64),
  repetitionPenalty: fc.constantFrom(1, 1.3, 0.8),
  frequencyPenalty: fc.constantFrom(0, 0.4, -0.2),
  presencePenalty: fc.constantFrom(0, 0.7),
  dryMultiplier: fc.constantFrom(0, 0.8),
  dryBase: fc.constantFrom(1, 1.75),
  dryAllowedLength: fc.constantFrom(0, 1, 2, 4),
  dryWindow: fc.constantFrom(-1, 8),
  dryBreakers: fc.constantFrom<number[][]>([], [[3]], [[3], [1, 2]], [[2, 2, 1]]),
  minKeep: fc.constantFrom(0, 1, 3),
  // what top-n-sigma removed may be among the least that are kept, and then moves the temperature
}).filter((chosen) => !(chosen.topNSigma > 0 && chosen.dynamicTemperatureRange > 0 && chosen.minKeep > 0));

describe("createSamplerChain()", () => {
  it("leaves what the definitions leave, in any order of the steps", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        options,
        fc.array(fc.integer({ min: -400, max: 400 }).map((n) => n / 64), { minLength: 1, maxLength: 200 }),
        fc.array(fc.nat(4), { maxLength: 30 }),
        (chosen, numbers, context) => {
          const logits = Float32Array.from(numbers);
          using chain = createSamplerChain(kernels, chosen);
          const chance = chain.filter({ logits, context: Uint32Array.from(context) }, draw);
          const xtc = kernels.samplingUniform(BigInt.asUintN(64, ~draw.seed), draw.stream, draw.counter);
          const want = samplerChain(logits, context, { ...OFF, ...chosen }, xtc);
          const kept = (row: ArrayLike<number>) => Array.from(row, (x) => x > -Infinity);
          // sums that end within rounding of a share may keep one token more or less
          const differ = kept(chance).filter((is, i) => is !== kept(want)[i]).length;
          if (differ > 0) return;
          chance.forEach((x, i) =>
            ok(x === want[i] || Math.abs(x - want[i]) <= 1e-3 * (1 + Math.abs(want[i])), `${x} ${want[i]}`)
          );
          compared++;
        },
      ),
      { numRuns: 400, seed: 11 },
    );
    ok(compared >= 390, `${compared} of 400 are equal`);
  });

  it("samples what it leaves, and repeats a draw", () => {
    const logits = Float32Array.of(0, 1, 2, 3, 0.5);
    using chain = createSamplerChain(kernels, { topK: 3, topP: 1, minP: 0, temperature: 0.7 });
    const row = chain.filter({ logits }, draw);
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    const counts = new Array(5).fill(0);
    for (let counter = 0; counter < 2000; counter++) {
      const first = chain.sample({ logits }, { ...draw, counter })!;
      deepEqual(chain.sample({ logits }, { ...draw, counter }), first);
      ok(Math.abs(first.behaviorLogProb - (row[first.token] - Math.log(total))) < 1e-5);
      counts[first.token]++;
    }
    counts.forEach((count, i) => {
      const want = 2000 * Math.exp(row[i]) / total;
      ok(Math.abs(count - want) <= 4 * Math.sqrt(want), `${counts}`);
    });
  });

  it("draws only what the mask allows, and says when nothing is left", () => {
    using chain = createSamplerChain(kernels);
    const logits = Float32Array.of(5, 1, 2);
    equal(chain.sample({ logits, mask: Uint32Array.of(2) }, draw)!.token, 1);
    equal(chain.sample({ logits, mask: Uint32Array.of(0) }, draw), undefined);
    equal(chain.sample({ logits: Float32Array.of(NaN, 1) }, draw), undefined);
    throws(() => chain.sample({ logits: new Float32Array() }, draw), ShapeError);
    throws(() => chain.sample({ logits, mask: new Uint32Array(2) }, draw), ShapeError);
  });

  it("adds a bias before everything else", () => {
    const logitBias = new Map([[0, 9], [2, -Infinity]]);
    using chain = createSamplerChain(kernels, { ...OFF, logitBias });
    deepEqual([...chain.filter({ logits: Float32Array.of(1, 2, 3) }, draw)], [10, 2, -Infinity]);
  });

  it("keeps the mean surprise at mirostat's target", () => {
    // 2 000 tokens of Zipf's law: about 8 bits when nothing is removed
    const logits = Float32Array.from({ length: 2000 }, (_, i) => -Math.log(i + 1));
    for (const mirostat of [1, 2] as const) {
      using chain = createSamplerChain(kernels, { mirostat, mirostatTau: 4, temperature: 1 });
      equal(chain.mu, 8);
      let sum = 0;
      for (let counter = 0; counter < 800; counter++) {
        const { rawLogProb } = chain.sample({ logits }, { ...draw, counter })!;
        if (counter >= 300) sum -= rawLogProb / Math.LN2 / 500;
      }
      // the target is of the truncated distribution, whose surprise is a little less than the whole row's
      ok(sum > 3.5 && sum < 5.5, `version ${mirostat}: ${sum} bits`);
    }
  });

  it("fills in only what it is sure of, and ends where it is not", () => {
    using tokenizer = trainTokenizer(kernels, Array(9).fill("xy"), { vocabularySize: 258, specialTokens: ["<|end|>"] });
    const [x, xy, z, end] = ["x", "xy", "z", "<|end|>"].map((text) => tokenizer.tokenId(text)!);
    const infill = infillTokens(tokenizer, [end]);
    using chain = createSamplerChain(kernels, { ...OFF, order: ["infill"], infill });
    const kept = (shares: readonly (readonly [number, number])[]): number[] => {
      const logits = new Float32Array(tokenizer.vocabularySize).fill(-Infinity);
      for (const [token, share] of shares) logits[token] = Math.log(share);
      return [...chain.filter({ logits }, draw)].flatMap((logit, token) => logit > -Infinity ? [token] : []);
    };
    // 258 · 3 · 0.0001 = 0.08 < 1: x begins xy, which has more and takes its 0.3: 0.7 of 1; z has 0.3, below 1 / 3
    deepEqual(kept([[x, 0.3], [xy, 0.4], [z, 0.2999], [end, 0.0001]]), [xy, end].sort((a, b) => a - b));
    deepEqual(kept([[x, 0.3], [xy, 0.3], [z, 0.39], [end, 0.01]]), [end]);
    throws(() => createSamplerChain(kernels, { order: ["infill"] }), /'infill' needs the tokens' bytes/);
    throws(() => infillTokens(tokenizer, []), RangeError);
  });

  it("draws tokens whose probability is adaptive-p's target in the mean", () => {
    const logits = Float32Array.from([0.5, 0.2, 0.1, 0.1, 0.05, 0.05], Math.log);
    const mean = (adaptiveTarget: number): number => {
      using chain = createSamplerChain(kernels, { ...OFF, order: ["adaptive_p"], adaptiveTarget });
      equal(chain.mu, adaptiveTarget);
      let sum = 0;
      for (let counter = 0; counter < 600; counter++) {
        const { token, rawLogProb } = chain.sample({ logits }, { ...draw, counter })!;
        ok(Math.abs(rawLogProb - logits[token]) < 1e-5);
        sum += Math.exp(rawLogProb) / 600;
      }
      return sum;
    };
    const [low, high] = [mean(0.15), mean(0.4)];
    ok(Math.abs(low - 0.15) < 0.06 && Math.abs(high - 0.4) < 0.06, `${low} ${high}`);
    // below 0 it is off: Σ p² = 0.25 + 0.04 + 0.02 + 0.005
    ok(Math.abs(mean(-1) - 0.315) < 0.03);
  });

  it("refuses numbers out of range and unknown steps", () => {
    for (
      const wrong of [
        { temperature: -1 },
        { topP: 1.5 },
        { topK: 1.5 },
        { repetitionPenalty: 0 },
        { dryBase: 0.5 },
        { mirostat: 3 as 2 },
        { minP: NaN },
        { order: ["top_k", "top_k"] as const },
        { order: ["top_a" as "top_k"] },
      ] as ChainOptions[]
    ) throws(() => createSamplerChain(kernels, wrong), RangeError, JSON.stringify(wrong));
  });
});

describe("topLogProbs()", () => {
  it("lists the most likely, the most likely first", () => {
    const logits = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * 12.9) * 7);
    const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
    const want = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b).slice(0, 5);
    const likely = topLogProbs(kernels, logits, 5);
    deepEqual(likely.map(({ token }) => token), want);
    likely.forEach(({ token, logProb }) => ok(Math.abs(logProb - (logits[token] - Math.log(total))) < 1e-4));
    deepEqual(topLogProbs(kernels, logits, 0), []);
    equal(topLogProbs(kernels, Float32Array.of(1, 2), 9).length, 2);
    throws(() => topLogProbs(kernels, logits, -1), RangeError);
  });
});

describe("dryBreakers()", () => {
  it("finds tokens with the text inside, and those that end with its beginning", () => {
    using tokenizer = trainTokenizer(kernels, Array(9).fill("ab: cd: ab: cd"), { vocabularySize: 262 });
    const texts = dryBreakers(tokenizer, [": c"]).map((ids) => tokenizer.decode(ids));
    ok(texts.length > 0 && texts.every((text) => text.includes(": c")), texts.join());
    ok(dryBreakers(tokenizer).some((ids) => ids.length === 1 && tokenizer.decode(ids) === "\n"));
  });
});
