import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EddyError } from "../../src/errors.ts";
import { kernelMemoryBytes, loadKernels } from "../../src/kernels/mod.ts";
import {
  blobBytes,
  createLanguageModel,
  createTunableModel,
  encodeSafetensors,
  type LanguageModel,
  loadCheckpoint,
  loadLanguageModel,
  loadPackedPolicy,
  loadPackedTransformer,
  mergedSource,
  openModelSource,
  writeAdapterFolder,
  writeGguf,
} from "../../src/policy/mod.ts";
import { writeGgufModel } from "../../src/cli/peers/write_gguf_model.ts";
import { damageOf } from "./damage_of.ts";
import { tinyChatGguf } from "./tiny_chat_gguf.ts";
import { tinyChatModel } from "./tiny_chat_model.ts";

const kernels = await loadKernels();
const MEBIBYTE = 2 ** 20;

function answer(model: LanguageModel): readonly number[] {
  const prompt = model.prompt([{ role: "user", content: "hello" }]);
  return [...model.speak(prompt, { ...model.sampling, seed: 1, temperature: 0, maximumTokens: 4 })].map(({ id }) => id);
}

function packedAnswer(path: string): readonly number[] {
  const { model: packed, files } = loadPackedTransformer(kernels, path);
  using model = createLanguageModel(kernels, { kind: "transformer", version: 0, tensors: new Map(), files }, {
    packed,
  });
  return answer(model);
}

/** Every way that a model comes in, of a path. */
const DOORS: Readonly<Record<string, (path: string) => unknown>> = {
  checkpoint: (path) => {
    using model = createLanguageModel(kernels, loadCheckpoint(path, kernels));
    answer(model);
  },
  packed: packedAnswer,
  policy: (path) => loadPackedPolicy(kernels, path)[Symbol.dispose](),
  tuning: (path) => {
    const lora = { rank: 2, alpha: 4, targetModules: "all-linear" };
    createTunableModel(kernels, loadCheckpoint(path, kernels), { seed: 1, lora })[Symbol.dispose]();
  },
  writing: (path) => {
    using source = openModelSource(kernels, path);
    writeGguf(kernels, source, `${path}.out`, { layers: "f16" });
  },
};
const BLOB = async (path: string): Promise<void> => {
  using model = await loadLanguageModel(kernels, blobBytes(new Blob([readFileSync(path)]), path));
  answer(model);
};

/** Tries one door; what it refuses is told as an error of Eddy's own. @returns Whether it opened. */
async function attempt(label: string, door: () => unknown): Promise<boolean> {
  try {
    await door();
    return true;
  } catch (error) {
    ok(error instanceof EddyError, `${label}: ${(error as Error).stack}`);
    match(error.message, /^Cannot .+: /s, label);
    return false;
  }
}

describe("models that are damaged", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-damaged-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function writeModel(name: string): string {
    const path = join(folder, name);
    const { files, tensors } = tinyChatModel(kernels, 5);
    mkdirSync(path);
    for (const [file, text] of files) writeFileSync(join(path, file), text);
    writeFileSync(join(path, "generation_config.json"), JSON.stringify({ do_sample: true, top_p: 0.9, top_k: 20 }));
    writeFileSync(join(path, "model.safetensors"), encodeSafetensors(tensors));
    return path;
  }

  function writePacked(from: string, layers: "e4" | "q8" | "f16"): string {
    using source = openModelSource(kernels, from);
    writeGguf(kernels, source, join(folder, `${layers}.gguf`), { layers });
    return join(folder, `${layers}.gguf`);
  }

  it("open as they should or are refused at every door, and the next good one answers as before", async () => {
    const good = writeModel("good"), packed = writePacked(good, "q8");
    const expected = packedAnswer(packed);
    // Without what they were written as, damage reaches further.
    const unchecked = readFileSync(packed);
    unchecked[unchecked.indexOf("eddy.checksums")] ^= 1;
    const files = [readFileSync(packed), unchecked, tinyChatGguf(kernels, 5)];
    const texts = readdirSync(good).sort();
    let [opened, refused] = [0, 0];
    const count = (isOpen: boolean): unknown => isOpen ? opened++ : refused++;
    const before = { kernel: 0, all: 0 };
    for (let seed = 0; seed < 40; seed++) {
      const damage = damageOf(kernels, seed);
      if (seed === 10) Object.assign(before, { kernel: kernelMemoryBytes(kernels), all: Deno.memoryUsage().rss });
      const file = join(folder, "bad.gguf");
      writeFileSync(file, damage.bytes(files[seed % files.length], 20_000));
      const bad = join(folder, "bad");
      cpSync(good, bad, { recursive: true });
      const victim = join(bad, texts[damage.below(texts.length)]);
      const whole = readFileSync(victim);
      writeFileSync(victim, victim.endsWith(".json") ? damage.json(whole.toString()) : damage.bytes(whole, 2000));
      for (const [name, door] of Object.entries(DOORS)) {
        count(await attempt(`${name} of file ${seed}`, () => door(file)));
        count(await attempt(`${name} of folder ${seed}`, () => door(bad)));
      }
      count(await attempt(`elsewhere of file ${seed}`, () => BLOB(file)));
    }
    ok(opened > 30 && refused > 200, `${opened} opened, ${refused} refused`);
    ok(kernelMemoryBytes(kernels) - before.kernel < 8 * MEBIBYTE, "the kernels' memory grows");
    ok(Deno.memoryUsage().rss - before.all < 256 * MEBIBYTE, "memory grows");
    deepEqual(packedAnswer(packed), expected);
  });

  it("refuse damaged adapters, and answer as before without them", async () => {
    const good = writeModel("good");
    using tuned = createTunableModel(kernels, loadCheckpoint(good), {
      ...{ seed: 1, lora: { rank: 2, alpha: 4, targetModules: "all-linear" } },
    });
    const { files, tensors } = tuned.snapshot();
    using model = createLanguageModel(kernels, loadCheckpoint(good));
    using source = openModelSource(kernels, good);
    const expected = answer(model);
    let refused = 0;
    for (let seed = 0; seed < 80; seed++) {
      const damage = damageOf(kernels, seed), config = files.get("adapter_config.json")!;
      const bad = join(folder, "adapter");
      rmSync(bad, { recursive: true, force: true });
      mkdirSync(bad);
      const weights = encodeSafetensors(tensors, { format: "pt" });
      writeFileSync(join(bad, "adapter_config.json"), seed % 2 ? damage.json(config) : config);
      writeFileSync(join(bad, "adapter_model.safetensors"), seed % 2 ? weights : damage.bytes(weights, 1000));
      const doors = [
        (): void => {
          using adapted = model.adapt(loadCheckpoint(bad));
          answer(adapted);
        },
        (): unknown => [...mergedSource(kernels, source, bad).pieces()],
        (): void => {
          writeAdapterFolder(bad, join(folder, "peft"));
          rmSync(join(folder, "peft"), { recursive: true });
        },
      ];
      for (const [door, open] of doors.entries()) refused += await attempt(`${door} of ${seed}`, open) ? 0 : 1;
    }
    ok(refused > 80, `${refused} refused`);
    deepEqual(answer(model), expected);
  });

  it("are refused where a single bit of a packed file is another", async () => {
    const path = writePacked(writeModel("good"), "e4");
    const whole = readFileSync(path);
    for (let seed = 0; seed < 60; seed++) {
      const damage = damageOf(kernels, seed), bytes = new Uint8Array(whole);
      const at = damage.below(bytes.length);
      bytes[at] ^= 1 << damage.below(8);
      writeFileSync(path, bytes);
      const isOpen = await attempt(`bit at ${at}`, () => loadPackedTransformer(kernels, path).model.free());
      // The gaps between tensors are zeros that nothing reads.
      ok(!isOpen || whole[at] === 0, `a bit of byte ${at} of ${bytes.length} was not seen`);
    }
    writeFileSync(path, whole);
    loadPackedTransformer(kernels, path).model.free();
  });

  it("are refused when they change while they are read", async () => {
    const good = writeModel("good");
    const files = { safetensors: good, packed: writePacked(good, "q8"), gguf: join(folder, "plain.gguf") };
    writeFileSync(files.gguf, tinyChatGguf(kernels, 5));
    for (const [name, path] of Object.entries(files)) {
      const weights = name === "safetensors" ? join(path, "model.safetensors") : path;
      const whole = readFileSync(weights);
      const changes: Readonly<Record<string, () => void>> = {
        rewritten: () => writeFileSync(weights, whole),
        shortened: () => writeFileSync(weights, whole.subarray(0, whole.length - 64)),
        ...(name === "safetensors" && {
          "replaced by another": () => {
            writeFileSync(`${weights}.new`, whole);
            Deno.renameSync(`${weights}.new`, weights);
          },
        }),
      };
      for (const [change, make] of Object.entries(changes)) {
        await new Promise((resolve) => setTimeout(resolve, 10)); // clocks of file systems are coarse
        using source = openModelSource(kernels, path);
        let read = 0;
        let told: unknown;
        try {
          for (const _ of source.pieces()) if (++read === 2) make();
        } catch (error) {
          told = error;
        }
        ok(told instanceof EddyError, `${name} ${change}`);
        equal(told.code, "checkpoint_invalid");
        match(told.message, /changed while (it was|they were) read; load it again$/, `${name} ${change}`);
        writeFileSync(weights, whole);
      }
    }
  });

  it("take no more memory than their packed size and a piece", () => {
    const path = join(folder, "large.gguf");
    const sizes = { vocabulary: 4096, hidden: 576, layers: 4, heads: 9, keyValueHeads: 3, intermediate: 1536 };
    writeGgufModel(path, { name: "large", ...sizes }, false);
    using source = openModelSource(kernels, path);
    const memories = new Set<unknown>();
    for (const { bytes } of source.pieces()) if (bytes.length > MEBIBYTE) memories.add(bytes.buffer);
    equal(memories.size, 1);
    const { model } = loadPackedTransformer(kernels, path);
    const before = kernelMemoryBytes(kernels);
    const { model: second } = loadPackedTransformer(kernels, path);
    ok(second.weightBytes > 16 * MEBIBYTE);
    ok(kernelMemoryBytes(kernels) - before <= second.weightBytes + 5 * MEBIBYTE);
    model.free();
    second.free();
  });
});
