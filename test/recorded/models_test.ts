import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadKernels } from "../../src/kernels/mod.ts";
import { loadCheckpoint, readTensors, saveCheckpoint, type TransformerModel } from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import {
  configOf,
  greedy,
  logitsOf,
  lossAndGradient,
  near,
  open,
  pack,
  range,
  type Reference,
  unmasked,
} from "./recorded_model.ts";

const folder = join(fixturesFolder, "models");
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "config.json")))
  : [];

if (names.length === 0) describe.skip(`recorded models: no folder ${folder}`, () => {});

for (const name of names) {
  const path = join(folder, name);
  if (!existsSync(join(path, "reference.json"))) {
    describe.skip(`recorded model ${name}: GGUF files alone, in gguf_test.ts`, () => {});
    continue;
  }
  const reference = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as Reference;
  const { tolerance } = reference;
  const loaded = async (): Promise<TransformerModel> => open(await loadKernels(), loadCheckpoint(path));

  describe(`recorded model ${name}`, () => {
    it("logitsAt() agrees when each prompt is run alone", async () => {
      using model = await loaded();
      for (const prompt of reference.prompts) {
        near(logitsOf(model, prompt.input_ids), prompt.logits.flat(), tolerance.logits_abs, "logits");
      }
    });

    it("logitsAt() agrees when the rows of a batch are packed", async () => {
      using model = await loaded();
      const { input_ids, attention_mask, logits } = reference.batch;
      const real = input_ids.map((ids, b) => ids.filter((_, t) => attention_mask[b][t] === 1));
      model.forward(Uint32Array.from(real.flat()), Uint32Array.from(real, (ids) => ids.length));
      const expected = logits.flatMap((row, b) => row.filter((_, t) => attention_mask[b][t] === 1)).flatMap((x) =>
        x ?? []
      );
      near(model.logitsAt(range(real.flat().length)), expected, tolerance.logits_abs, "logits");
    });

    it("saveCheckpoint() keeps the bits of the logits", async () => {
      const kernels = await loadKernels();
      const run = mkdtempSync(join(tmpdir(), "eddy-llama-"));
      try {
        const original = loadCheckpoint(path);
        saveCheckpoint(run, original);
        const saved = loadCheckpoint(run);
        deepEqual(configOf(saved), configOf(original));
        using before = open(kernels, original);
        using after = open(kernels, saved);
        equal(saved.tensors.size, original.tensors.size);
        const { input_ids } = reference.prompts[0];
        deepEqual(logitsOf(after, input_ids), logitsOf(before, input_ids));
      } finally {
        rmSync(run, { recursive: true });
      }
    });

    it("sampleLast() follows the recorded tokens when the temperature is 0", async () => {
      using model = await loaded();
      for (const { input_ids, new_ids, logprobs } of reference.greedy) {
        const { ids, logProbs } = greedy(model, input_ids, new_ids.length);
        deepEqual(ids, new_ids);
        near(logProbs, logprobs, tolerance.logprob_abs, "greedy log-probabilities");
      }
    });

    it("score() agrees on continuations", async () => {
      using model = await loaded();
      for (const { prompt_ids, continuation_ids, logprobs, entropy, sum } of reference.continuation) {
        const tokens = Uint32Array.from([...prompt_ids, ...continuation_ids]);
        model.forward(tokens, Uint32Array.of(tokens.length));
        const rows = range(continuation_ids.length).map((i) => i + prompt_ids.length - 1);
        using scored = model.score(
          rows,
          Uint32Array.from(continuation_ids),
          unmasked(rows.length),
          new Uint32Array(),
          1,
        );
        near(scored.logProbs, logprobs, tolerance.logprob_abs, "log-probabilities");
        near(scored.entropies, entropy, tolerance.logprob_abs, "entropies");
        near([scored.logProbs.reduce((a, b) => a + b, 0)], [sum], tolerance.logprob_abs * rows.length, "sum");
      }
    });

    it("score() and backward() agree with the recorded loss and gradients", async () => {
      using model = await loaded();
      const batch = pack(reference.loss);
      const { logProbs, mean } = lossAndGradient(model, batch);
      near([batch.rows.length, mean], [reference.loss.tokens, reference.loss.mean], tolerance.loss_abs, "loss");
      const counted = reference.loss.per_token.flatMap((row, b) =>
        row.filter((_, t) => reference.loss.labels[b][t + 1] !== -100)
      );
      near(logProbs.map((x) => -x), counted, tolerance.logprob_abs, "losses per token");
      const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, g) => sum + g * g, 0));
      const { global_l2, parameters } = reference.gradients;
      const gradients = readTensors(model, configOf(loadCheckpoint(path)), (tensor) => model.readGradient(tensor));
      near([norm(model.readGradients())], [global_l2], tolerance.grad_l2_rel * global_l2, "global norm");
      for (const [parameter, { shape, l2, at, grad }] of Object.entries(parameters)) {
        const { shape: own, values: gradient } = gradients.get(parameter)!;
        deepEqual(own, shape);
        near([norm(gradient)], [l2], tolerance.grad_l2_rel * l2 + 1e-7, `norm of ${parameter}`);
        at.forEach((i, n) => {
          const allowed = tolerance.grad_abs + tolerance.grad_rel * Math.abs(grad[n]);
          near([gradient[i]], [grad[n]], allowed, `gradient of ${parameter} at ${i}`);
        });
      }
    });

    it("adamw() agrees with the recorded losses", async () => {
      using model = await loaded();
      const batch = pack(reference.loss);
      const { lr, betas, eps, weight_decay, losses, probe_ids, logits_after_one_step } = reference.adamw;
      for (let update = 0; update < losses.length; update++) {
        model.clearGradients();
        near([lossAndGradient(model, batch).mean], [losses[update]], tolerance.adamw_loss_abs, `loss ${update}`);
        model.adamw(lr, betas[0], betas[1], eps, weight_decay, 0);
        if (update === 0) {
          near(logitsOf(model, probe_ids), logits_after_one_step.flat(), tolerance.adamw_logits_abs, "logits");
        }
      }
    });
  });
}
