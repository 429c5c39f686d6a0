import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import {
  adapterTargets,
  createTransformerPolicy,
  type Decision,
  encodeSafetensors,
  initializeTransformer,
  type JsonObject,
  loadTransformerPolicy,
  type LoraConfig,
  openAdapter,
  type Policy,
  readLoraConfig,
  readModelConfig,
  saveCheckpoint,
  SPECIAL_TOKENS,
} from "../../src/policy/mod.ts";
import { CONFIGS } from "./model_configs.ts";

const kernels = await loadKernels();
const LORA: LoraConfig = { rank: 2, alpha: 4, targetModules: ["q_proj", "v_proj"] };
const PLAIN = { peft_type: "LORA", r: 4, lora_alpha: 8, target_modules: ["q_proj"] };
const DOORS = ["open the left door", "open the right door"];

function decide(policy: Policy): Decision {
  using context = policy.open();
  context.append([{ role: "user", text: "Which?" }]);
  return policy.decide([{ context, candidates: DOORS, seed: 1, stream: 0 }])[0];
}

/** Learns that the first door is right. */
function learn(policy: Policy, updates: number): void {
  for (let update = 0; update < updates; update++) {
    using context = policy.open();
    context.append([{ role: "user", text: "Which?" }]);
    const decision = policy.demonstrate({ context, candidates: DOORS, seed: 1, stream: 0 }, DOORS[0]);
    const { logProbs, entropies, values } = policy.evaluate([{ decisions: [decision] }]);
    const dLogProbs = new Float32Array(logProbs.length).fill(-1);
    policy.backward({ dLogProbs, dEntropies: entropies.fill(0), dValues: values.fill(0) });
    policy.update({ learningRate: 0.05 });
  }
}

const tokenizer = trainTokenizer(kernels, DOORS, {
  vocabularySize: 280,
  specialTokens: SPECIAL_TOKENS,
  minimumCount: 1,
});
const SHAPE = { vocabularySize: tokenizer.vocabularySize, hiddenSize: 16, layers: 2, maximumPositions: 64 };

describe("policies with adapters", () => {
  it("share a model: one learns, the other and the base stay as they were", () => {
    const { model, config } = initializeTransformer(kernels, SHAPE, 3);
    using _model = model;
    const shared = { model, config, tokenizer, ownsModel: false };
    using base = createTransformerPolicy(shared);
    using first = createTransformerPolicy({ ...shared, adapter: openAdapter(model, config, LORA, 1) });
    using second = createTransformerPolicy({ ...shared, adapter: openAdapter(model, config, LORA, 2) });
    const before = decide(base).behaviorLogProbs;
    deepEqual(decide(second).behaviorLogProbs, before);
    const weights = model.readParameters();
    learn(first, 20);
    deepEqual(model.readParameters(), weights);
    equal(first.version, 20);
    equal(second.version, 0);
    deepEqual(decide(base).behaviorLogProbs, before);
    deepEqual(decide(second).behaviorLogProbs, before);
    const learned = decide(first);
    equal(learned.text, DOORS[0]);
    ok(learned.behaviorLogProbs.reduce((sum, x) => sum + x, 0) > -0.1);
    const { logProbs } = first.evaluate([{ decisions: [learned] }]);
    deepEqual(logProbs, learned.behaviorLogProbs);
    ok(first.parameterCount < base.parameterCount / 5);
  });
});

describe("loadTransformerPolicy() of an adapter's folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-adapter-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("goes on as the original, beside its base", () => {
    const { model, config } = initializeTransformer(kernels, SHAPE, 3);
    using base = createTransformerPolicy({ model, config, tokenizer, ownsModel: false });
    saveCheckpoint(join(folder, "base"), base.snapshot());
    const adapter = openAdapter(model, config, { ...LORA, base: "../../base" });
    using policy = createTransformerPolicy({ model, config, tokenizer, adapter });
    learn(policy, 3);
    const place = saveCheckpoint(join(folder, "run"), policy.snapshot({ resume: true }));
    using again = loadTransformerPolicy(kernels, place);
    learn(policy, 2);
    learn(again, 2);
    equal(again.version, 5);
    deepEqual(decide(again), decide(policy));
    using elsewhere = loadTransformerPolicy(kernels, join(folder, "run"), { base: join(folder, "base") });
    notDeepEqual(decide(elsewhere).behaviorLogProbs, decide(policy).behaviorLogProbs);
    rmSync(join(folder, "base"), { recursive: true });
    throws(() => loadTransformerPolicy(kernels, place), /its base '..\/..\/base' is neither there .* say where/);
  });

  it("refuses tensors that are not the adapter's", () => {
    const { model, config } = initializeTransformer(kernels, SHAPE, 3);
    using policy = createTransformerPolicy({ model, config, tokenizer });
    const base = saveCheckpoint(join(folder, "base"), policy.snapshot());
    const write = (change: (tensors: Map<string, { shape: number[]; values: Float32Array }>) => void): void => {
      const tensors = new Map<string, { shape: number[]; values: Float32Array }>();
      for (let layer = 0; layer < 2; layer++) {
        const at = `base_model.model.model.layers.${layer}.self_attn.q_proj`;
        tensors.set(`${at}.lora_A.weight`, { shape: [4, 16], values: new Float32Array(64) });
        const outer = config.heads * config.headDimension;
        tensors.set(`${at}.lora_B.weight`, { shape: [outer, 4], values: new Float32Array(outer * 4) });
      }
      change(tensors);
      writeFileSync(join(folder, "adapter_config.json"), JSON.stringify(PLAIN));
      writeFileSync(join(folder, "adapter_model.safetensors"), encodeSafetensors(tensors));
    };
    const load = (): void => loadTransformerPolicy(kernels, folder, { base })[Symbol.dispose]();
    const name = "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight";
    write(() => {});
    load();
    write((tensors) => tensors.delete(name));
    throws(load, /'base_model.*layers.1.*' is missing/);
    write((tensors) => tensors.set(name, { shape: [5, 16], values: new Float32Array(80) }));
    throws(load, /has the shape \[5,16\], expected \[4,16\]/);
    write((tensors) => tensors.set("extra", { shape: [1], values: new Float32Array(1) }));
    throws(load, /'extra' belongs to no product/);
    write((tensors) => tensors.get(name)!.values[7] = NaN);
    throws(load, { code: "weights_not_finite" });
    rmSync(join(folder, "adapter_model.safetensors"));
    writeFileSync(join(folder, "adapter_model.bin"), "pickle");
    throws(load, /can run code/);
  });
});

describe("adapterTargets()", () => {
  const modules = (json: JsonObject, lora: Partial<LoraConfig>): string[] =>
    adapterTargets(readModelConfig(json), { ...LORA, ...lora }).map(({ module, rank, scale }) =>
      `${module} ${rank} ${scale}`
    );

  it("finds products by whole names, by their ends, by expressions, and all", () => {
    const gpt2 = CONFIGS["gpt2 of the first files"];
    deepEqual(modules(gpt2, { targetModules: ["c_attn"] }), [
      "transformer.h.0.attn.c_attn 2 2",
      "transformer.h.1.attn.c_attn 2 2",
    ]);
    deepEqual(modules(gpt2, { targetModules: ["attn.c_proj"], layers: [1] }), ["transformer.h.1.attn.c_proj 2 2"]);
    deepEqual(modules(gpt2, { targetModules: ".*mlp\\.c_(fc|proj)", layers: [0], rsLora: true, alpha: 3, rank: 9 }), [
      "transformer.h.0.mlp.c_fc 9 1",
      "transformer.h.0.mlp.c_proj 9 1",
    ]);
    const phi3 = CONFIGS.phi3;
    const all = modules(phi3, { targetModules: "all-linear", layers: [2], excludeModules: ["o_proj"] });
    deepEqual(
      all,
      ["qkv_proj", "gate_up_proj", "down_proj"].map((name) =>
        `model.layers.2.${name === "qkv_proj" ? "self_attn" : "mlp"}.${name} 2 2`
      ),
    );
    deepEqual(
      modules(phi3, {
        targetModules: ["o_proj"],
        rankPattern: { "layers.1.self_attn.o_proj": 4 },
        alphaPattern: { "self_.*": 8 },
      }).map((line) => line.slice(-3)),
      ["2 4", "4 2", "2 4"].map((text) => text.padStart(3)),
    );
  });

  it("refuses names that mean nothing or something else, and expressions that never end", () => {
    const llama = CONFIGS["llama with yarn"];
    const refused = (targetModules: string | string[]): () => void => () => modules(llama, { targetModules });
    throws(refused(["nothing"]), /no product of the model is called \["nothing"\]; it has q_proj/);
    throws(refused(["q_proj", "lm_head"]), { code: "model_unsupported" });
    throws(refused(["embed_tokens"]), /changes 'model.embed_tokens'/);
    throws(refused(["norm"]), { code: "model_unsupported" });
    throws(refused("(a+)+$"), /repeats too much/);
    throws(refused("a*a*a*a*a*a*b"), /repeats too much/);
    throws(refused("(q_proj"), /cannot be read/);
  });
});

describe("readLoraConfig()", () => {
  it("reads what PEFT writes", () => {
    const config = readLoraConfig({ ...PLAIN, base_model_name_or_path: "base", loftq_config: {}, new_key: null }, "a");
    const { rank, alpha, rsLora, targetModules, base } = config;
    deepEqual([rank, alpha, rsLora, targetModules, base], [4, 8, false, ["q_proj"], "base"]);
  });

  it("refuses arithmetic that is not LoRA's, by name", () => {
    for (
      const wrong of [
        { use_dora: true },
        { bias: "all" },
        { modules_to_save: ["lm_head"] },
        { peft_type: "IA3" },
        { init_lora_weights: "pissa" },
        { layer_replication: [[0, 1]] },
        { task_type: "SEQ_CLS" },
        { something_new: { on: true } },
      ]
    ) {
      const key = Object.keys(wrong)[0];
      throws(() => readLoraConfig({ ...PLAIN, ...wrong }, "a"), (error: Error & { code: string }) => {
        equal(error.code, "model_unsupported");
        return error.message.includes(`'${key}'`);
      });
    }
    for (
      const wrong of [{ r: 0 }, { r: 1.5 }, { lora_alpha: -1 }, { target_modules: 3 }, { rank_pattern: { q: "x" } }, {
        layers_to_transform: "all",
      }]
    ) {
      throws(() => readLoraConfig({ ...PLAIN, ...wrong }, "a"), { code: "checkpoint_invalid" });
    }
  });
});
