import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { readSpeechReplay } from "../../../src/agent/mod.ts";
import type { StepRecord } from "../../../src/episode/mod.ts";
import { createApp } from "../../../src/http/mod.ts";
import { loadKernels } from "../../../src/kernels/mod.ts";
import {
  type ChainOptions,
  createSamplerChain,
  dryBreakers,
  infillTokens,
  type SamplingOptions,
} from "../../../src/language/mod.ts";
import {
  candidateTrie,
  createLanguageModel,
  type JsonObject,
  type LanguageModel,
  openTransformer,
  readModelConfig,
  type SpeakOptions,
  writeTensors,
} from "../../../src/policy/mod.ts";
import { tinyChatModel } from "../../policy/tiny_chat_model.ts";
import { fakeApplication } from "./fake_application.ts";
import { SPEAKING, speakingAgent } from "./speaking_agent.ts";

const kernels = await loadKernels();
const snapshot = tinyChatModel(kernels);
const HELLO = [{ role: "user" as const, content: "hello there, hello there" }];
const LENGTH = 24;

interface Clients {
  readonly kept: readonly StepRecord[];
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly model: LanguageModel;
}

async function withModel(use: (clients: Clients) => Promise<void>): Promise<void> {
  using served = await speakingAgent();
  const { deps, kept } = fakeApplication({ agents: new Map([["tiny", { configuration: SPEAKING, served }]]) });
  using app = createApp(deps);
  using model = createLanguageModel(kernels, snapshot);
  const fetch = (url: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    Promise.resolve(app.fetch(new Request(url as string, init)));
  const shared = { apiKey: "anything", maxRetries: 0, fetch };
  await use({
    ...{ kept, model },
    openai: new OpenAI({ ...shared, baseURL: "http://eddy.test/v1" }),
    anthropic: new Anthropic({ ...shared, baseURL: "http://eddy.test" }),
  });
}

/** What is written under request fields, as it was kept. */
async function written({ openai, kept }: Clients, fields: object): Promise<ReturnType<typeof readSpeechReplay>> {
  const { choices: [{ eddy }] } = await openai.chat.completions.create(
    {
      ...{ model: "tiny", messages: HELLO, seed: 5, max_tokens: LENGTH, logit_bias: { 1: -100 }, ...fields },
    } as OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming,
  ) as unknown as { choices: { eddy: { step: string } }[] };
  return readSpeechReplay(kept.find(({ id }) => id === eddy.step)!);
}

/** The same by the model itself. */
function spoken(model: LanguageModel, options: Partial<SpeakOptions>): unknown {
  const bias = new Map([[1, -100]]);
  const tokens = [...model.speak(model.prompt(HELLO), { seed: 5, maximumTokens: LENGTH, bias, ...options })];
  return [
    tokens.map(({ id }) => id),
    tokens.map(({ logProb }) => logProb),
    tokens.map(({ behaviorLogProb }) => behaviorLogProb),
  ];
}

/** Steps that remove nothing. */
const OPEN: ChainOptions = { temperature: 1, topK: 0, topP: 1, minP: 0, penaltyWindow: -1 };

describe("samplers over OpenAI's surface", () => {
  it("are OpenAI's own and those that need no chain", async () => {
    const asked: (readonly [fields: object, options: SamplingOptions])[] = [
      [{ temperature: 0.6, top_p: 0.8 }, { temperature: 0.6, topP: 0.8 }],
      [{ top_k: 9, min_p: 0.02, min_keep: 3 }, { topK: 9, minP: 0.02, minKeep: 3 }],
      [{ typical_p: 0.4 }, { typical: 0.4 }],
      [{ frequency_penalty: 1.5, presence_penalty: 0.5 }, { frequencyPenalty: 1.5, presencePenalty: 0.5 }],
      [{ repetition_penalty: 1.4 }, { repetitionPenalty: 1.4 }],
    ];
    await withModel(async (clients) => {
      const usual = spoken(clients.model, {});
      for (const [fields, options] of asked) {
        const { tokens, rawLogProbs, behaviorLogProbs } = await written(clients, fields);
        const told = [[...tokens], [...rawLogProbs], [...behaviorLogProbs]];
        deepEqual(told, spoken(clients.model, options), JSON.stringify(fields));
        notDeepEqual(told, usual, JSON.stringify(fields));
      }
    });
  });

  it("are llama.cpp's, by the names of its server, in its order or another", async () => {
    await withModel(async (clients) => {
      const dryBreakersOf = (texts?: string[]) => dryBreakers(clients.model.tokenizer, texts);
      const asked: (readonly [fields: object, chain: ChainOptions])[] = [
        [{ mirostat: 2, mirostat_tau: 3, mirostat_eta: 0.2 }, { mirostat: 2, mirostatTau: 3, mirostatEta: 0.2 }],
        [{ mirostat: 1 }, { mirostat: 1 }],
        [{ xtc_probability: 0.7, xtc_threshold: 0.02 }, { xtcProbability: 0.7, xtcThreshold: 0.02 }],
        [{ top_n_sigma: 1 }, { topNSigma: 1 }],
        [{ dynatemp_range: 0.5, dynatemp_exponent: 2 }, {
          dynamicTemperatureRange: 0.5,
          dynamicTemperatureExponent: 2,
        }],
        [{ repeat_penalty: 1.5, repeat_last_n: 8 }, { repetitionPenalty: 1.5, penaltyWindow: 8 }],
        [{ frequency_penalty: 1.5, repeat_last_n: 8 }, { frequencyPenalty: 1.5, penaltyWindow: 8 }],
        [{ dry_multiplier: 4, dry_allowed_length: 0, dry_sequence_breakers: ["e"], top_k: 5 }, {
          ...{ dryMultiplier: 4, dryAllowedLength: 0, topK: 5 },
          dryBreakers: dryBreakersOf(["e"]),
        }],
        [{ dry_multiplier: 4, dry_base: 2, dry_penalty_last_n: 30, temperature: 0.5, dry_allowed_length: 1 }, {
          ...{ dryMultiplier: 4, dryBase: 2, dryWindow: 30, temperature: 0.5, dryAllowedLength: 1 },
          dryBreakers: dryBreakersOf(),
        }],
        [{ samplers: ["temperature", "top_p", "top_k"], temperature: 0.5, top_p: 0.6, top_k: 30 }, {
          ...{ order: ["temperature", "top_p", "top_k"], temperature: 0.5, topP: 0.6, topK: 30 },
        }],
        [{ samplers: ["temperature", "adaptive_p"], adaptive_target: 0.02, adaptive_decay: 0.5 }, {
          ...{ order: ["temperature", "adaptive_p"], adaptiveTarget: 0.02, adaptiveDecay: 0.5 },
        }],
        [{ samplers: ["temperature", "infill"], temperature: 0.02 }, {
          ...{ order: ["temperature", "infill"], temperature: 0.02 },
          infill: infillTokens(clients.model.tokenizer, clients.model.ends),
        }],
      ];
      const usual = spoken(clients.model, {});
      for (const [fields, chain] of asked) {
        const { tokens, rawLogProbs, behaviorLogProbs } = await written(clients, fields);
        const told = [[...tokens], [...rawLogProbs], [...behaviorLogProbs]];
        deepEqual(told, spoken(clients.model, { chain: { ...OPEN, ...chain } }), JSON.stringify(fields));
        notDeepEqual(told, usual, JSON.stringify(fields));
      }
    });
  });

  it("record how likely each token was by the model, and by what it was drawn from, candidates included", async () => {
    await withModel(async (clients) => {
      const { model: { tokenizer, ends } } = clients;
      const config = readModelConfig(JSON.parse(snapshot.files.get("config.json")!) as JsonObject);
      const evaluating = openTransformer(kernels, config);
      writeTensors(evaluating, snapshot, config);
      const fields = { xtc_probability: 1, xtc_threshold: 0.001, temperature: 0.7, logit_bias: { 100: 2 } };
      const chain = { ...OPEN, xtcProbability: 1, xtcThreshold: 0.001, temperature: 0.7 };
      for (const candidates of [undefined, ["yes", "no", "how are you"]]) {
        const trie = candidates && candidateTrie(tokenizer, candidates, ends[0]);
        const { prompt, tokens, rawLogProbs, behaviorLogProbs } = await written(clients, {
          ...{ ...fields, eddy: { candidates } },
        });
        const all = Uint32Array.of(...prompt, ...tokens.subarray(0, -1));
        evaluating.forward(all, Uint32Array.of(all.length));
        const rows = tokens.map((_, place) => prompt.length - 1 + place);
        using scores = evaluating.score(rows, tokens, tokens.map(() => 0xffffffff), new Uint32Array(), 1);
        deepEqual(rawLogProbs, scores.logProbs);
        using filtering = createSamplerChain(kernels, { ...chain, logitBias: new Map([[100, 2]]) });
        let state = 0;
        for (const [place, token] of tokens.entries()) {
          const words = Math.ceil(config.vocabularySize / 32);
          const mask = trie?.masks.subarray(state * words, (state + 1) * words);
          const draw = { seed: 5n, stream: 0, counter: prompt.length + place };
          const context = all.subarray(0, prompt.length + place);
          const row = filtering.filter(
            { logits: evaluating.logitsAt(rows.subarray(place, place + 1)), mask, context },
            draw,
          );
          const normalizer = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
          ok(
            Math.abs(row[token] - normalizer - behaviorLogProbs[place]) < 1e-5,
            `${place}: ${row[token] - normalizer}`,
          );
          if (trie) state = trie.next(state, token);
        }
      }
      evaluating.free();
    });
  });

  it("ask for nothing with the values that clients send for nothing", async () => {
    await withModel(async (clients) => {
      const neutral = {
        ...{ top_k: 0, top_p: 1, min_p: 0, typical_p: 1, repeat_penalty: 1, repeat_last_n: 64, mirostat: 0 },
        ...{ mirostat_tau: 5, mirostat_eta: 0.1, dry_multiplier: 0, dry_base: 1.75, dry_allowed_length: 2 },
        ...{ xtc_probability: 0, xtc_threshold: 0.1, top_n_sigma: -1, dynatemp_range: 0, dynatemp_exponent: 1 },
        ...{ frequency_penalty: 0, presence_penalty: 0, repetition_penalty: 1, temperature: 1, min_keep: null },
      };
      deepEqual(await written(clients, neutral), await written(clients, {}));
    });
  });

  it("are refused by name where they could not be honoured", async () => {
    const asked: (readonly [fields: object, refusal: string])[] = [
      [{ mirostat: 2, top_k: 4 }, "unsupported_parameter top_k"],
      [{ mirostat: 2, repeat_penalty: 1.1 }, "unsupported_parameter repeat_penalty"],
      [{ mirostat: 1, samplers: ["top_k"] }, "unsupported_parameter samplers"],
      [{ mirostat: 1, min_keep: 2 }, "unsupported_parameter min_keep"],
      [{ mirostat: 3 }, "invalid_value mirostat"],
      [{ mirostat_tau: 4 }, "unsupported_parameter mirostat_tau"],
      [{ dry_base: 2 }, "unsupported_parameter dry_base"],
      [{ xtc_threshold: 0.2 }, "unsupported_parameter xtc_threshold"],
      [{ repeat_last_n: 8 }, "unsupported_parameter repeat_last_n"],
      [{ xtc_probability: 0.5, repetition_penalty: 1.2 }, "unsupported_parameter repetition_penalty"],
      [{ samplers: ["top_k"], top_p: 0.5 }, "unsupported_parameter top_p"],
      [{ samplers: ["top_k", "heat"] }, "invalid_value samplers[1]"],
      [{ samplers: ["top_k", "top_k"] }, "invalid_value samplers"],
      [{ adaptive_target: 0.3 }, "unsupported_parameter adaptive_target"],
      [{ samplers: ["adaptive_p"], adaptive_decay: 0.3 }, "unsupported_parameter adaptive_decay"],
      [{ top_p: 1.5 }, "invalid_value top_p"],
      [{ typical: 0.4 }, "unknown_parameter typical"],
      [{ n_probs: 4 }, "unknown_parameter n_probs"],
    ];
    await withModel(async ({ openai }) => {
      for (const [fields, refusal] of asked) {
        const refused = await openai.chat.completions.create(
          {
            ...{ model: "tiny", messages: HELLO, ...fields },
          } as unknown as OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming,
        ).then(() => "answered", ({ status, code, param }) => `${status} ${code} ${param}`);
        equal(refused, `400 ${refusal}`, JSON.stringify(fields));
      }
    });
  });

  it("are Anthropic's own at /v1/messages", async () => {
    await withModel(async (clients) => {
      const { anthropic, kept, model } = clients;
      const asked: (readonly [fields: object, options: SamplingOptions])[] = [
        [{ top_k: 3, temperature: 0.9 }, { topK: 3, temperature: 0.9 }],
        [{ top_p: 0.5 }, { topP: 0.5 }],
        [{ temperature: 0 }, { temperature: 0 }],
      ];
      for (const [fields, options] of asked) {
        const answer = await anthropic.messages.create({ model: "tiny", max_tokens: 9, messages: HELLO, ...fields });
        const step = kept.find(({ id }) => `msg_${id}` === answer.id)!;
        const { tokens, behaviorLogProbs } = readSpeechReplay(step);
        const again = [...model.speak(model.prompt(HELLO), { ...options, seed: step.seed, maximumTokens: 9 })];
        deepEqual([[...tokens], [...behaviorLogProbs]], [
          again.map(({ id }) => id),
          again.map(({ behaviorLogProb }) => behaviorLogProb),
        ]);
      }
      const greedy = { model: "tiny", max_tokens: 9, messages: HELLO, temperature: 0 };
      const said = spokenText(await anthropic.messages.create(greedy));
      const end = said.slice(2, 4);
      const stopped = await anthropic.messages.create({ ...greedy, stop_sequences: [end] });
      deepEqual([stopped.stop_reason, stopped.stop_sequence], ["stop_sequence", end]);
      equal(spokenText(stopped), said.slice(0, said.indexOf(end)));
    });
  });
});

const spokenText = ({ content: [block] }: Anthropic.Message): string => block?.type === "text" ? block.text : "";
