import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  adapterTensors,
  type JsonObject,
  loadCheckpoint,
  type LowRankAdapter,
  mergeAdapter,
  openAdapter,
  readLoraConfig,
  saveCheckpoint,
  type TransformerModel,
  writeAdapter,
  writeLoraConfig,
} from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import { configOf, greedy, logitsOf, lossAndGradient, near, open, pack, type Reference } from "./recorded_model.ts";

interface LoraReference extends Pick<Reference, "tolerance" | "prompts" | "gradients" | "adamw"> {
  readonly expect: "load" | "refuse";
  readonly scaling: Record<string, { readonly r: number; readonly scale: number }>;
  readonly base_last_logits: number[][];
  readonly scaled_last_logits: Record<string, number[][]>;
  readonly greedy: { readonly input_ids: number[]; readonly new_ids: number[] };
  readonly loss: { readonly mean: number };
  readonly merged: {
    readonly weights: Record<string, { readonly at: number[]; readonly weight: number[] }>;
    readonly logits: number[][];
  };
}

const folder = join(fixturesFolder, "models");
const adapters = (existsSync(folder) ? readdirSync(folder) : []).flatMap((base) => {
  const place = join(folder, base, "lora");
  return (existsSync(place) ? readdirSync(place) : []).map((name) => ({ base, name, path: join(place, name) }));
});
if (adapters.length === 0) describe.skip(`recorded adapters: no folder ${folder}`, () => {});
const kernels = await loadKernels();

const lastOf = (logits: Float32Array, count: number): Float32Array => logits.subarray(-logits.length / count);

for (const { base, name, path } of adapters) {
  const reference = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as LoraReference;
  const json = JSON.parse(readFileSync(join(path, "adapter_config.json"), "utf8")) as JsonObject;
  const { tolerance } = reference;

  describe(`recorded adapter ${name} of ${base}`, () => {
    if (reference.expect === "refuse") {
      it("is refused by name", () => {
        throws(() => readLoraConfig(json, path), { code: "model_unsupported" });
      });
      return;
    }

    const snapshot = loadCheckpoint(join(folder, base));
    const config = configOf(snapshot);
    const beside = (model: TransformerModel, factor = 1): LowRankAdapter => {
      const lora = readLoraConfig(json, path);
      const alphaPattern = Object.entries(lora.alphaPattern!).map(([key, alpha]) => [key, alpha * factor]);
      const scaled = { ...lora, alpha: lora.alpha * factor, alphaPattern: Object.fromEntries(alphaPattern) };
      const adapter = openAdapter(model, config, scaled);
      writeAdapter(model, adapter, loadCheckpoint(path));
      model.learnAdapter(adapter.id);
      return adapter;
    };

    it("stands beside the recorded products at the recorded scales", () => {
      using model = open(kernels, snapshot);
      const actual = beside(model).targets.map(({ module, rank, scale }) => [module, rank, scale.toFixed(9)]);
      const expected = Object.entries(reference.scaling).map(([module, { r, scale }]) => [module, r, scale.toFixed(9)]);
      deepEqual(actual.sort(), expected.sort());
    });

    it("has the recorded logits, with the scale as it is, halved, doubled, and without", () => {
      using model = open(kernels, snapshot);
      const { id } = beside(model);
      reference.prompts.forEach(({ input_ids, logits }, index) => {
        model.learnAdapter(id);
        near(logitsOf(model, input_ids), logits.flat(), tolerance.logits_abs, "logits");
        model.learnAdapter();
        const bare = lastOf(logitsOf(model, input_ids), input_ids.length);
        near(bare, reference.base_last_logits[index], tolerance.logits_abs, "logits of the base");
      });
      for (const [factor, last] of Object.entries(reference.scaled_last_logits)) {
        beside(model, Number(factor));
        reference.prompts.forEach(({ input_ids }, index) => {
          const logits = lastOf(logitsOf(model, input_ids), input_ids.length);
          near(logits, last[index], 2 * tolerance.logits_abs, `logits at ${factor}`);
        });
      }
    });

    it("writes the recorded tokens", () => {
      using model = open(kernels, snapshot);
      const { id } = beside(model);
      const { input_ids, new_ids } = reference.greedy;
      const openSlot = model.openSlot.bind(model);
      model.openSlot = () => {
        const slot = openSlot();
        model.adaptSlot(slot, id);
        return slot;
      };
      deepEqual(greedy(model, input_ids, new_ids.length).ids, new_ids);
    });

    it("has the recorded loss, gradients and updates, and leaves the base as it was", () => {
      using model = open(kernels, snapshot);
      const adapter = beside(model);
      const before = model.readParameters();
      const baseReference = JSON.parse(readFileSync(join(folder, base, "reference.json"), "utf8")) as Reference;
      const batch = pack(baseReference.loss);
      near([lossAndGradient(model, batch).mean], [reference.loss.mean], tolerance.loss_abs, "loss");
      const gradients = adapterTensors(adapter, model.readAdapterGradients(adapter.id));
      const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, g) => sum + g * g, 0));
      for (const [parameter, { shape, l2, at, grad }] of Object.entries(reference.gradients.parameters)) {
        const { shape: own, values } = gradients.get(parameter)!;
        deepEqual(own, shape);
        near([norm(values)], [l2], tolerance.grad_l2_rel * l2 + 1e-7, `norm of ${parameter}`);
        at.forEach((i, n) => {
          const allowed = tolerance.grad_abs + tolerance.grad_rel * Math.abs(grad[n]);
          near([values[i]], [grad[n]], allowed, `gradient of ${parameter} at ${i}`);
        });
      }
      equal(gradients.size, Object.keys(reference.gradients.parameters).length + 2);
      const { lr, betas, eps, weight_decay, losses, probe_ids, logits_after_one_step } = reference.adamw;
      losses.forEach((loss, update) => {
        model.writeAdapterGradients(adapter.id, new Float32Array(adapter.parameterCount));
        near([lossAndGradient(model, batch).mean], [loss], tolerance.adamw_loss_abs, `loss ${update}`);
        model.adapterAdamw(adapter.id, lr, betas[0], betas[1], eps, weight_decay, 0);
        if (update > 0) return;
        near(logitsOf(model, probe_ids), logits_after_one_step.flat(), tolerance.adamw_logits_abs, "logits");
      });
      deepEqual(model.readParameters(), before);
    });

    it("becomes part of the weights", () => {
      using model = open(kernels, snapshot);
      mergeAdapter(model, beside(model));
      model.learnAdapter();
      const [{ input_ids }] = reference.prompts;
      near(logitsOf(model, input_ids), reference.merged.logits.flat(), tolerance.merged_logits_abs, "merged logits");
    });

    it("goes to disk as PEFT would read it, and back", () => {
      const run = mkdtempSync(join(tmpdir(), "eddy-adapter-"));
      try {
        using model = open(kernels, snapshot);
        const adapter = beside(model);
        const tensors = adapterTensors(adapter, model.readAdapter(adapter.id));
        const written = writeLoraConfig(adapter.config, json.fan_in_fan_out === true);
        const files = new Map([["adapter_config.json", JSON.stringify(written)]]);
        const place = saveCheckpoint(run, { kind: "transformer", version: 3, tensors, files });
        ok(existsSync(join(place, "adapter_model.safetensors")));
        const back = loadCheckpoint(run);
        const original = loadCheckpoint(path);
        for (const [tensor, value] of original.tensors) deepEqual(back.tensors.get(tensor), value);
        equal(back.tensors.size, original.tensors.size + 2);
        const { base: _, ...same } = readLoraConfig(JSON.parse(back.files.get("adapter_config.json")!), "");
        const { base: __, ...expected } = readLoraConfig(json, path);
        deepEqual(same, expected);
      } finally {
        rmSync(run, { recursive: true });
      }
    });
  });
}
