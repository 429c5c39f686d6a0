import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EddyError } from "../../src/errors.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { trainTokenizer } from "../../src/language/mod.ts";
import {
  chooseDevice,
  createTransformerPolicy,
  type Decision,
  type DeviceFormats,
  type GpuTransformerModel,
  initializeTransformer,
  kernelEngine,
  loadModelOn,
  loadPackedTransformer,
  loadPolicyOn,
  openGpuTransformer,
  openModelSource,
  openTransformer,
  type PackedTransformerModel,
  type Policy,
  saveCheckpoint,
  SPECIAL_TOKENS,
} from "../../src/policy/mod.ts";
import { withFallback } from "../../src/policy/transformer/engine/gpu/with_fallback.ts";
import { weightBytes } from "../../src/policy/transformer/engine/webgpu/_weights.ts";
import { softwareAdapter } from "./software_adapter.ts";

const kernels = await loadKernels();
const { device, reason } = await softwareAdapter();
device?.destroy();
const suite = device ? describe : describe.ignore;
if (!device) console.log(`models on a GPU are skipped: ${reason}`);

const folder = mkdtempSync(join(tmpdir(), "eddy-gpu-"));
const TEXTS = ["stay here, stay here, stay here", "go left go left", "which way?"];
const CANDIDATES = ["go left", "go right", "stay here, stay here, stay"];
const now = (): number => performance.now();

/** A checkpoint with random weights that are large enough to prefer some tokens. */
function saveRandom(): void {
  const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
    vocabularySize: 280,
    specialTokens: SPECIAL_TOKENS,
  });
  const { model, config } = initializeTransformer(kernels, { vocabularySize: 280, layers: 2 }, 3);
  model.writeParameters(model.readParameters().map((x) => x === 1 ? x : x * 12));
  using policy = createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true, maximumActionTokens: 12 });
  saveCheckpoint(folder, policy.snapshot());
}

/** Two turns of three conversations, in one batch. */
function converse(policy: Policy): Decision[] {
  const contexts = TEXTS.map(() => policy.open());
  const decisions: Decision[] = [];
  for (let turn = 0; turn < 2; turn++) {
    contexts.forEach((context, i) => context.append([{ role: "user", text: TEXTS[(i + turn) % 3] }]));
    decisions.push(...policy.decide(contexts.map((context, i) => ({
      ...{ context, seed: 7, stream: 10 * turn + i },
      ...(i === 1 ? { candidates: CANDIDATES } : {}),
    }))));
  }
  for (const context of contexts) context[Symbol.dispose]();
  return decisions;
}

async function openGpu(format: "q8" | "e4" = "q8", deadlineMs?: number): Promise<GpuTransformerModel> {
  using source = openModelSource(kernels, folder);
  return await openGpuTransformer(kernels, source.config, source.pieces(), { format, deadlineMs });
}

const feed = (model: GpuTransformerModel | PackedTransformerModel, slot: number, tokens: number[], keep = 1): void =>
  model.feed(Uint32Array.of(slot), Uint32Array.of(tokens.length), Uint32Array.from(tokens), Uint32Array.of(keep));

suite("a model on a GPU", () => {
  beforeAll(saveRandom);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("decides and evaluates as a policy, with equal bits, and does not learn", async () => {
    using policy = await loadPolicyOn(kernels, folder, { device: "webgpu", format: "e4", now });
    const decisions = converse(policy);
    deepEqual(converse(policy), decisions);
    const trajectories = [0, 1, 2].map((i) => ({ decisions: [decisions[i], decisions[3 + i]] }));
    const { logProbs } = policy.evaluate(trajectories);
    const acted = trajectories.flatMap(({ decisions }) => decisions.flatMap((one) => [...one.behaviorLogProbs]));
    deepEqual([...logProbs], acted);
    const [alone] = [policy.evaluate([trajectories[2]])];
    deepEqual(alone.logProbs, logProbs.slice(-alone.logProbs.length));
    const refusal = { code: "configuration_invalid", message: /in the memory of a GPU/ };
    throws(() => policy.update({ learningRate: 1 }), refusal);
    throws(() => policy.snapshot(), refusal);

    // The processor, with the same weights in float32, is near: this bounds the first importance ratios of a learner there.
    using packed = loadPackedTransformer(kernels, folder, { format: "e4" }).model;
    using source = openModelSource(kernels, folder);
    const model = openTransformer(kernels, source.config);
    for (const name of packed.tensorNames().filter((name) => !name.startsWith("value_head"))) {
      const [rows, width] = model.tensorShape(name);
      model.writeTensor(name, packed.readRows(name, 0, width === undefined ? 1 : rows));
    }
    const tokenizer = trainTokenizer(kernels, ["go left", "go right", "stay here, stay"], {
      vocabularySize: 280,
      specialTokens: SPECIAL_TOKENS,
    });
    using learner = createTransformerPolicy({ model, config: source.config, tokenizer, ownsTokenizer: true });
    const theirs = learner.evaluate(trajectories).logProbs;
    const far = Math.max(...theirs.map((value, i) => Math.abs(value - logProbs[i])));
    ok(far < 1e-3, `${far} nats`);
    notDeepEqual(theirs, logProbs);
  });

  it("keeps rows, copies, truncates and forgets as a packed model does", async () => {
    using model = await openGpu();
    using other = loadPackedTransformer(kernels, folder, { format: "q8" }).model;
    const width = model.tensorShape("model.embed_tokens.weight")[0];
    const run = (each: GpuTransformerModel | PackedTransformerModel): readonly Float32Array[] => {
      const slot = each.openSlot();
      feed(each, slot, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3);
      const [first, values] = [each.lastLogits(), each.lastValues()];
      equal(values.length, 3);
      const copy = each.copySlot(slot, 9);
      feed(each, copy, [10]);
      const copied = each.lastLogits();
      each.truncateSlot(slot, 4);
      deepEqual([...each.slotTokens(slot)], [1, 2, 3, 4]);
      feed(each, slot, [5, 6, 7, 8], 1);
      const again = each.lastLogits();
      each.closeSlot(copy);
      throws(() => each.slotLength(copy));
      each.forward(Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 3, 4), Uint32Array.of(8, 2));
      return [first, copied, again, each.logitsAt(Uint32Array.of(7, 9))];
    };
    const [first, copied, again, evaluated] = run(model);
    deepEqual(copied, first.slice(2 * width));
    deepEqual(again, first.slice(0, width));
    deepEqual(evaluated.slice(0, width), again);
    for (const [i, theirs] of run(other).entries()) {
      const own = [first, copied, again, evaluated][i];
      const size = Math.hypot(...theirs), far = Math.hypot(...theirs.map((value, at) => value - own[at]));
      ok(far / size < 0.08, `${far / size}`);
    }
  });

  it("refuses what cannot be read, and adapters, and goes on", async () => {
    using model = await openGpu();
    const slot = model.openSlot();
    throws(() => feed(model, slot, [280]), /280 is none of 280 tokens/);
    throws(() => feed(model, slot, []), /there are none/);
    throws(() => feed(model, 99, [1]), /slot 99.*not open/);
    throws(() => feed(model, slot, [1], 2), /do not fit/);
    throws(() => model.copySlot(slot, 1), /Cannot keep 1 of 0/);
    throws(() => model.logitsAt(Uint32Array.of(0)), /row 0.*not among 0/);
    throws(() => model.addAdapter(new Uint32Array(), new Float32Array(), 0n), { code: "model_unsupported" });
    feed(model, slot, [1]);
    equal(model.lastLogits().length, 280);
    await rejects(
      openGpuTransformer(kernels, { ...openModelSource(kernels, folder).config, hiddenSize: 18 }, []),
      { code: "model_unsupported", message: /multiple of 4/ },
    );
  });

  it("gives one clear error and never hangs when the GPU does not answer in time, or is gone", async () => {
    await rejects(openGpu("q8", 1), { code: "worker_failed", message: /Cannot run the model: .*within 0\.001 s/ });
    const model = await openGpu();
    const slot = model.openSlot();
    model.free();
    feed(model, slot, [1, 2]);
    for (let i = 0; i < 2; i++) throws(() => model.lastLogits(), { code: "worker_failed", message: /it was closed/ });
    model.closeSlot(slot);
  });

  it("goes on with the processor when the GPU is lost, from where every conversation stands", async () => {
    const gpu = await openGpu();
    const told: string[] = [];
    const open = (): PackedTransformerModel => loadPackedTransformer(kernels, folder, { format: "q8" }).model;
    using model = withFallback(gpu, { open, onLost: ({ message }) => told.push(message) });
    using other = open();
    const [a, b] = [model.openSlot(), model.openSlot()];
    feed(model, a, [1, 2, 3]);
    feed(model, b, [4, 5]);
    model.lastLogits();
    gpu.free(); // as if it were lost
    feed(model, a, [6, 7], 2);
    const logits = model.lastLogits();
    equal(told.length, 1);
    const [c, d] = [other.openSlot(), other.openSlot()];
    feed(other, c, [1, 2, 3]);
    feed(other, c, [6, 7], 2);
    deepEqual(logits, other.lastLogits());
    feed(model, b, [8]);
    feed(other, d, [4, 5, 8]);
    deepEqual(model.lastLogits(), other.lastLogits());
    const copy = model.copySlot(b, 2);
    deepEqual([...model.slotTokens(copy)], [4, 5]);
    equal(told.length, 1);
  });

  it("is measured where the adapter is hardware, and the slower is freed", async () => {
    using source = openModelSource(kernels, folder);
    const { config } = source;
    let time = 0, freed = 0, step = 0;
    const find = () => Promise.resolve({ name: "pretended", isSoftware: false });
    const cpu = (): PackedTransformerModel => {
      const { model } = loadPackedTransformer(kernels, folder);
      const free = model.free.bind(model);
      model.free = (): void => {
        freed += 1;
        free();
      };
      return model;
    };
    // Each reading of the clock is later than the one before: by more for who comes second, or by less.
    for (const [faster, ticks] of [["webgpu", [9, 1]], ["cpu", [1, 9]]] as const) {
      [time, step] = [0, 0];
      // Two rounds of two readings each: the first four are the processor's.
      const clock = (): number => time += ticks[step++ < 4 ? 0 : 1];
      const { model, choice } = await chooseDevice({
        device: "auto",
        config,
        cpu,
        gpu: () => openGpu(),
        now: clock,
        find,
      });
      equal(choice.device, faster);
      match(choice.why, /measured: \d+ ms on the processor, \d+ ms on '/);
      using engine = kernelEngine(model, config);
      equal((await engine.feed([{ slot: engine.open(), tokens: Uint32Array.of(1) }])).length, 280);
      equal(engine.backend, faster === "cpu" ? "kernels" : "webgpu");
      engine[Symbol.dispose]();
      model.free();
    }
    equal(freed, 2);
  });
});

describe("weightBytes()", () => {
  it("is 0.28 GB for a model of half a billion weights at 4 bits, where float32 takes 2", () => {
    const shape = {
      ...{ vocabularySize: 151_936, hiddenSize: 896, layers: 24, heads: 14, keyValueHeads: 2, headDimension: 64 },
      ...{ intermediateSize: 4864, maximumPositions: 32_768, ropeTheta: 1e6, normEpsilon: 1e-6, tied: true },
    };
    const gigabytes = (formats: DeviceFormats): string => (weightBytes(shape, formats) / 1e9).toFixed(2);
    // 494 M weights at 4.5 bits; with a head in eight bits 358 M at 4.5 and 136 M at 8.5.
    equal(gigabytes({ format: "e4", headFormat: "e4" }), "0.28");
    equal(gigabytes({ format: "e4" }), "0.35");
    equal(gigabytes({ format: "f32" }), "1.98");
  });
});

describe("loadModelOn() with device auto", () => {
  it("stays with the processor where there is no GPU, or software only, or one that is too small", async () => {
    const place = mkdtempSync(join(tmpdir(), "eddy-cpu-"));
    try {
      const { model, config } = initializeTransformer(kernels, { vocabularySize: 280, layers: 1 }, 3);
      const tokenizer = trainTokenizer(kernels, ["go left"], { vocabularySize: 280, specialTokens: SPECIAL_TOKENS });
      using policy = createTransformerPolicy({ model, config, tokenizer, ownsTokenizer: true });
      saveCheckpoint(place, policy.snapshot());
      const find = (found?: { name: string; isSoftware: boolean }) => () => Promise.resolve(found);
      for (
        const [given, why] of [[find(), /no GPU/], [
          find({ name: "soft", isSoftware: true }),
          /'soft' is software/,
        ]] as const
      ) {
        const { model, choice } = await loadModelOn(kernels, place, { now, find: given });
        model.free();
        equal(choice.device, "cpu");
        match(choice.why, why);
      }
      const cpu = (): PackedTransformerModel => loadPackedTransformer(kernels, place).model;
      const small = () => Promise.reject(new EddyError("model_unsupported", "its memory is too small"));
      const find2 = find({ name: "small", isSoftware: false });
      const { model: own, choice } = await chooseDevice({ device: "auto", config, cpu, gpu: small, now, find: find2 });
      own.free();
      deepEqual(choice, { device: "cpu", why: "its memory is too small" });
      await rejects(chooseDevice({ device: "webgpu", config, cpu, gpu: small, now }), /too small/);
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
