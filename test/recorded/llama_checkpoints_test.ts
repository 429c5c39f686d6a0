import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixturesFolder } from "../fixtures.ts";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  type LlamaConfig,
  loadCheckpoint,
  openTransformer,
  type PolicySnapshot,
  readLlamaConfig,
  saveCheckpoint,
  type TransformerModel,
  writeTensors,
} from "../../src/policy/mod.ts";

const folder = join(fixturesFolder, "models");
const kernels = await loadKernels();

interface Reference {
  readonly tolerance: { readonly logits_abs: number };
  readonly prompts: readonly { readonly input_ids: number[]; readonly logits: number[][] }[];
}

function configOf(snapshot: PolicySnapshot): LlamaConfig {
  return readLlamaConfig(JSON.parse(snapshot.files.get("config.json")!));
}

function open(snapshot: PolicySnapshot): TransformerModel {
  const model = openTransformer(kernels, configOf(snapshot));
  writeTensors(model, snapshot);
  return model;
}

function logits(model: TransformerModel, ids: readonly number[]): Float32Array {
  model.forward(Uint32Array.from(ids), Uint32Array.of(ids.length));
  return model.logitsAt(Uint32Array.from(ids.keys()));
}

describe("loadCheckpoint() on Hugging Face folders", () => {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "config.json")))
    : [];
  if (names.length === 0) it.skip(`no models in ${folder}`, () => {});
  for (const name of names) {
    const path = join(folder, name);
    const { model_type: type } = JSON.parse(readFileSync(join(path, "config.json"), "utf8")) as { model_type: string };
    if (type !== "llama") {
      it(`refuses ${name} by its type`, () => {
        try {
          loadCheckpoint(path);
        } catch (error) {
          ok(error instanceof EddyError && error.code === "model_unsupported" && error.message.includes(type));
          return;
        }
        ok(false, "it was loaded");
      });
      continue;
    }
    if (!existsSync(join(path, "reference.json"))) {
      it.skip(`${name} has no reference.json`, () => {});
      continue;
    }
    const { tolerance, prompts } = JSON.parse(readFileSync(join(path, "reference.json"), "utf8")) as Reference;

    it(`gives the recorded logits of ${name}`, () => {
      using model = open(loadCheckpoint(path));
      for (const prompt of prompts) {
        const expected = prompt.logits.flat();
        const error = logits(model, prompt.input_ids).reduce(
          (most, x, i) => Math.max(most, Math.abs(x - expected[i])),
          0,
        );
        ok(error <= tolerance.logits_abs, `logits differ by ${error}, allowed ${tolerance.logits_abs}`);
      }
    });

    it(`gives the same logits of ${name} after saving and loading it`, () => {
      const run = mkdtempSync(join(tmpdir(), "eddy-llama-"));
      try {
        const original = loadCheckpoint(path);
        saveCheckpoint(run, original);
        const saved = loadCheckpoint(run);
        deepEqual(configOf(saved), configOf(original));
        using before = open(original);
        using after = open(saved);
        equal(saved.tensors.size, original.tensors.size);
        deepEqual(logits(after, prompts[0].input_ids), logits(before, prompts[0].input_ids));
      } finally {
        rmSync(run, { recursive: true });
      }
    });
  }
});
