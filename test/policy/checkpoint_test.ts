import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  encodeSafetensors,
  loadCheckpoint,
  modelTensors,
  saveCheckpoint,
  writeLlamaConfig,
} from "../../src/policy/checkpoint/mod.ts";
import type { PolicySnapshot } from "../../src/policy/mod.ts";

const config = {
  vocabularySize: 6,
  hiddenSize: 4,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headDimension: 2,
  intermediateSize: 3,
  maximumPositions: 8,
  ropeTheta: 10_000,
  normEpsilon: 1e-6,
  tied: true,
} as const;

function snapshot(version: number, weight = 0.5): PolicySnapshot {
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, shape] of modelTensors(config)) {
    tensors.set(name, { shape, values: new Float32Array(shape.reduce((a, b) => a * b)).fill(weight) });
  }
  tensors.set("value_head.weight", { shape: [1, 4], values: Float32Array.of(1, 2, 3, version) });
  tensors.set("optimizer.moments", { shape: [2], values: Float32Array.of(weight, 7) });
  const files = new Map([["config.json", JSON.stringify(writeLlamaConfig(config))], ["eddy.json", `{"updates":3}`]]);
  return { kind: "transformer", version, tensors, files };
}

describe("saveCheckpoint()", () => {
  let run = "";
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), "eddy-checkpoint-"));
  });
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  it("writes what loadCheckpoint() reads, from the run's folder or the version's", () => {
    const saved = snapshot(12);
    const folder = saveCheckpoint(run, saved);
    for (const path of [run, folder]) {
      const loaded = loadCheckpoint(path);
      deepEqual([loaded.kind, loaded.version], ["transformer", 12]);
      deepEqual(loaded.tensors, saved.tensors);
      equal(loaded.files.get("config.json"), saved.files.get("config.json"));
      equal(JSON.parse(loaded.files.get("eddy.json")!).updates, 3);
    }
  });

  it("keeps whatever files a snapshot has", () => {
    const plain = snapshot(1);
    saveCheckpoint(run, { ...plain, files: new Map([...plain.files, ["training.json", `{"seed":7}`]]) });
    equal(loadCheckpoint(run).files.get("training.json"), `{"seed":7}`);
  });

  it("keeps Eddy's own tensors apart from the model's", () => {
    const folder = saveCheckpoint(run, snapshot(1));
    deepEqual(readdirSync(folder).sort(), ["config.json", "eddy.json", "eddy.safetensors", "model.safetensors"]);
    const model = readFileSync(join(folder, "model.safetensors"), "latin1");
    ok(model.includes("model.norm.weight") && !model.includes("value_head") && !model.includes("optimizer"));
    ok(model.includes(`"__metadata__":{"format":"pt"}`));
  });

  it("names equal content equally and keeps the newest versions", () => {
    equal(saveCheckpoint(run, snapshot(1)), saveCheckpoint(run, snapshot(1)));
    ok(saveCheckpoint(run, snapshot(1)) !== saveCheckpoint(run, snapshot(1, 0.25)));
    for (let version = 2; version < 6; version++) saveCheckpoint(run, snapshot(version), { keep: 1 });
    const versions = readdirSync(run).filter((name) => name !== "latest");
    deepEqual(versions.map((name) => Number(name.slice(0, 8))).sort(), [4, 5]);
  });

  it("keeps the last good version when the disk is full, wherever it fills", () => {
    saveCheckpoint(run, snapshot(1));
    for (let room = 0; room < 5; room++) {
      let written = 0;
      const writeFile = (path: string, bytes: Uint8Array): void => {
        if (written++ < room) return writeFileSync(path, bytes);
        writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      };
      throws(() => saveCheckpoint(run, snapshot(2, room), { writeFile }), { name: "EddyError", code: "disk_full" });
      equal(loadCheckpoint(run).version, 1);
      ok(!existsSync(join(run, ".partial")));
    }
    saveCheckpoint(run, snapshot(3));
    equal(loadCheckpoint(run).version, 3);
  });

  it("leaves other failures as they are", () => {
    const writeFile = (): void => {
      throw new Error("the cable is out");
    };
    throws(() => saveCheckpoint(run, snapshot(1), { writeFile }), { name: "Error", message: "the cable is out" });
  });

  it("clears away what a killed writer left", () => {
    mkdirSync(join(run, ".partial"));
    writeFileSync(join(run, ".partial", "model.safetensors"), "half");
    saveCheckpoint(run, snapshot(1));
    equal(loadCheckpoint(run).version, 1);
    ok(!existsSync(join(run, ".partial")));
  });
});

describe("loadCheckpoint()", () => {
  let run = "", folder = "";
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), "eddy-checkpoint-"));
    folder = saveCheckpoint(run, snapshot(1));
  });
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  it("says checkpoint_missing when there is none", () => {
    throws(() => loadCheckpoint(join(run, "nowhere")), { code: "checkpoint_missing" });
  });

  it("refuses a file that was changed or is missing, by name", () => {
    for (const name of ["model.safetensors", "eddy.safetensors", "config.json"]) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const changed = new Uint8Array(bytes);
      changed[changed.length - 1] ^= 1;
      writeFileSync(path, changed);
      throws(() => loadCheckpoint(run), { code: "checkpoint_invalid", message: new RegExp(name) });
      rmSync(path);
      throws(() => loadCheckpoint(run), { code: "checkpoint_invalid", message: new RegExp(name) });
      writeFileSync(path, bytes);
    }
    equal(loadCheckpoint(run).version, 1);
  });

  it("reports weights that are not finite", () => {
    throws(() => loadCheckpoint(saveCheckpoint(run, snapshot(2, NaN))), {
      code: "weights_not_finite",
      message: /model.embed_tokens.weight.*NaN at position 0/,
    });
  });

  it("refuses tensors that a Llama does not have, and a second head that differs", () => {
    const extra = snapshot(2), tensor = { shape: [4], values: new Float32Array(4) };
    const with_ = (name: string): PolicySnapshot => ({
      ...extra,
      tensors: new Map([...extra.tensors, [name, tensor]]),
    });
    throws(() => loadCheckpoint(saveCheckpoint(run, with_("model.layers.0.self_attn.q_proj.bias"))), {
      code: "model_unsupported",
      message: /q_proj.bias/,
    });
    throws(() => loadCheckpoint(saveCheckpoint(run, with_("lm_head.weight"))), { code: "checkpoint_invalid" });
  });

  it("says what is wrong with folders that are no models", () => {
    const model = join(run, "model");
    const refuses = (code: string, message: RegExp): void => throws(() => loadCheckpoint(model), { code, message });
    mkdirSync(model);
    refuses("checkpoint_missing", /neither 'latest' nor 'config.json'/);
    writeFileSync(join(model, "config.json"), "{");
    refuses("checkpoint_invalid", /not JSON/);
    writeFileSync(join(model, "config.json"), `{"model_type":${"[".repeat(1e5)}${"]".repeat(1e5)}}`);
    refuses("model_unsupported", /the model type is/);
    writeFileSync(join(model, "config.json"), JSON.stringify(writeLlamaConfig(config)));
    refuses("checkpoint_missing", /model.safetensors/);
    mkdirSync(join(model, "model.safetensors"));
    refuses("checkpoint_invalid", /model.safetensors/);
    throws(() => loadCheckpoint(join(folder, "model.safetensors")), { code: "model_unsupported", message: /a file/ });
  });

  it("reads shards, and refuses an index that disagrees with them", () => {
    const { tensors } = snapshot(1);
    const model = join(run, "model");
    const names = [...tensors.keys()].filter((name) => name.startsWith("model."));
    const shardOf = (index: number): string => index < 4 ? "one.safetensors" : "two.safetensors";
    const index = Object.fromEntries(names.map((name, i) => [name, shardOf(i)]));
    const writeIndex = (map: unknown): void =>
      writeFileSync(join(model, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    mkdirSync(model);
    writeFileSync(join(model, "config.json"), JSON.stringify(writeLlamaConfig(config)));
    for (const shard of ["one.safetensors", "two.safetensors"]) {
      const own = names.filter((_, i) => shardOf(i) === shard).map((name) => [name, tensors.get(name)!] as const);
      writeFileSync(join(model, shard), encodeSafetensors(new Map(own)));
    }
    writeIndex(index);
    deepEqual(loadCheckpoint(model).tensors.get(names[5]), tensors.get(names[5]));
    const refuses = (map: unknown, message: RegExp): void => {
      writeIndex(map);
      throws(() => loadCheckpoint(model), { name: "EddyError", message });
    };
    refuses({ ...index, [names[0]]: "two.safetensors" }, /the index says otherwise/);
    refuses({ ...index, more: "one.safetensors" }, /lacks 'more'/);
    refuses({ ...index, [names[0]]: "three.safetensors" }, /three.safetensors/);
    for (const name of ["../one.safetensors", "/etc/passwd", "a\\b", "..", "", 7]) {
      refuses({ ...index, [names[0]]: name }, /not a file of this folder/);
    }
    refuses([], /no 'weight_map'/);
  });

  it("refuses a pointer that leaves the run's folder", () => {
    writeFileSync(join(run, "latest"), "../elsewhere");
    throws(() => loadCheckpoint(run), { code: "checkpoint_invalid", message: /names no version/ });
  });
});
