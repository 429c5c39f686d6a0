import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { kernelMemoryBytes, loadKernels } from "../../src/kernels/mod.ts";
import {
  blobBytes,
  createLanguageModel,
  encodeSafetensors,
  fetchedBytes,
  fetchedFolder,
  type LanguageModel,
  loadLanguageModel,
  loadPackedTransformer,
  loadPackedTransformerFrom,
  type ModelBytes,
  type Tensor,
} from "../../src/policy/mod.ts";
import { fixturesFolder } from "../fixtures.ts";
import { serveFolder } from "./folder_server.ts";
import { tinyChatGguf } from "./tiny_chat_gguf.ts";
import { tinyChatModel } from "./tiny_chat_model.ts";

const kernels = await loadKernels();
const gguf = tinyChatGguf(kernels, 5);

/** A server of one file; `ranges` says whether it knows them. */
function serveBytes(bytes: Uint8Array<ArrayBuffer>, ranges: boolean): typeof fetch & { readonly asked: string[] } {
  const asked: string[] = [];
  const get = (_: unknown, { headers, method = "GET" }: RequestInit = {}): Promise<Response> => {
    const range = new Headers(headers).get("range") ?? "";
    asked.push(`${method} ${range}`.trim());
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (!ranges || !from) return Promise.resolve(new Response(bytes));
    const part = bytes.slice(Number(from), Number(to) + 1);
    const answer = { status: 206, headers: { "content-range": `bytes ${from}-${to}/${bytes.length}` } };
    return Promise.resolve(new Response(part, answer));
  };
  return Object.assign(get as typeof fetch, { asked });
}

function answer(model: LanguageModel): readonly number[] {
  const prompt = model.prompt([{ role: "user", content: "hello" }]);
  return [...model.speak(prompt, { seed: 1, temperature: 0, maximumTokens: 24 })].map(({ id }) => id);
}

describe("loadLanguageModel()", () => {
  it("answers the same from disk, a Blob, memory, and an address with and without ranges", async () => {
    const path = Deno.makeTempFileSync({ suffix: ".gguf" });
    try {
      writeFileSync(path, gguf);
      const { model: packed, files } = loadPackedTransformer(kernels, path);
      const snapshot = { kind: "transformer", version: 0, tensors: new Map(), files } as const;
      using onDisk = createLanguageModel(kernels, snapshot, { packed });
      const expected = answer(onDisk);
      ok(new Set(expected).size > 3, `${expected}`);
      const places: readonly ModelBytes[] = [
        blobBytes(new Blob([gguf]), "blob"),
        blobBytes(gguf.buffer, "memory"),
        await fetchedBytes("http://model", serveBytes(gguf, true)),
        await fetchedBytes("http://model", serveBytes(gguf, false)),
      ];
      for (const bytes of places) {
        equal(bytes.size, gguf.length);
        const parts: number[] = [];
        using model = await loadLanguageModel(kernels, bytes, { onProgress: (part) => parts.push(part) });
        deepEqual(answer(model), expected, bytes.name);
        ok(parts.every((part, index) => index === 0 || part > parts[index - 1]));
        equal(parts.at(-1), 1);
      }
    } finally {
      rmSync(path);
    }
  });

  it("reads every byte about once, and never much of the file at a time", async () => {
    let [read, largest] = [0, 0];
    const bytes = blobBytes(gguf.buffer, "memory");
    const counting: ModelBytes = {
      ...bytes,
      read(begin, end): Promise<ArrayBuffer> {
        read += end - begin;
        largest = Math.max(largest, end - begin);
        return bytes.read(begin, end);
      },
    };
    using _model = await loadLanguageModel(kernels, counting);
    ok(read >= gguf.length * 0.99 && read <= gguf.length * 1.01, `${read} of ${gguf.length}`);
    ok(largest <= 1 << 22);
  });

  it("refuses files that are none, that end early and that nobody gives", async () => {
    const load = (bytes: ModelBytes): Promise<LanguageModel> => loadLanguageModel(kernels, bytes);
    await rejects(load(blobBytes(new ArrayBuffer(9), "x.gguf")), { code: "checkpoint_invalid", message: /x\.gguf/ });
    await rejects(load(blobBytes(gguf.slice(0, 20_000).buffer, "x.gguf")), { code: "checkpoint_invalid" });
    const lies: ModelBytes = { ...blobBytes(gguf.buffer, "x"), read: () => Promise.resolve(new ArrayBuffer(3)) };
    await rejects(load(lies), { code: "checkpoint_invalid", message: /'x': it ends early/ });
    const none = (): Promise<Response> => Promise.resolve(new Response("", { status: 404 }));
    await rejects(fetchedBytes("http://none", none), { code: "checkpoint_missing", message: /answers 404/ });
  });

  it("answers the same from a folder behind an address, in one file and in shards", async () => {
    const { files, tensors } = tinyChatModel(kernels, 5);
    const here = Deno.makeTempDirSync();
    for (const [name, text] of files) writeFileSync(`${here}/${name}`, text);
    writeFileSync(`${here}/model.safetensors`, encodeSafetensors(tensors));
    const { model: packed } = loadPackedTransformer(kernels, here);
    using onDisk = createLanguageModel(kernels, { kind: "transformer", version: 0, tensors: new Map(), files }, {
      packed,
    });
    const texts = [...files].map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
    const encode = (part: Iterable<readonly [string, Tensor]>): Uint8Array<ArrayBuffer> =>
      new Uint8Array(encodeSafetensors(new Map(part)));
    const all = [...tensors], head = all[0][1];
    const shards = { "a.safetensors": all.slice(0, 4), "b.safetensors": all.slice(4) };
    const index = Object.fromEntries(Object.entries(shards).flatMap(([name, own]) => own.map(([key]) => [key, name])));
    const forms: Readonly<Record<string, readonly (readonly [string, Uint8Array<ArrayBuffer>])[]>> = {
      "one file": [["model.safetensors", encode(all)]],
      "a head that is the embedding again": [["model.safetensors", encode([...all, ["lm_head.weight", head]])]],
      shards: [
        ["model.safetensors.index.json", new TextEncoder().encode(JSON.stringify({ weight_map: index }))],
        ...Object.entries(shards).map(([name, own]) => [name, encode(own)] as const),
      ],
    };
    for (const [form, weights] of Object.entries(forms)) {
      await using server = serveFolder(new Map([...texts, ...weights]));
      using model = await loadLanguageModel(kernels, await fetchedFolder(server.url));
      deepEqual(answer(model), answer(onDisk), form);
    }
    const other = { shape: head.shape, values: head.values.map((x) => x + 1) };
    await using tied = serveFolder(
      new Map([...texts, ["model.safetensors", encode([...all, ["lm_head.weight", other]])]]),
    );
    await rejects(async () => loadLanguageModel(kernels, await fetchedFolder(tied.url)), {
      code: "checkpoint_invalid",
    });
    tied.files.delete("config.json");
    await rejects(fetchedFolder(tied.url), { code: "checkpoint_missing", message: /it has no 'config\.json'/ });
    rmSync(here, { recursive: true });
  });

  it("refuses a file that changes at the server while it is read", async () => {
    for (const change of ["etag", "size", "ranges"] as const) {
      let asked = 0;
      const get = serveBytes(gguf, true);
      const changing = async (url: unknown, init?: RequestInit): Promise<Response> => {
        const answer = await get(url as string, init);
        const changed = ++asked > 1;
        if (change === "ranges") return changed ? new Response(gguf) : answer;
        answer.headers.set("etag", changed && change === "etag" ? `"b"` : `"a"`);
        const range = answer.headers.get("content-range")!;
        if (changed && change === "size") answer.headers.set("content-range", range.replace(/\d+$/, "99999999"));
        return answer;
      };
      await rejects(
        async () => loadLanguageModel(kernels, await fetchedBytes("http://model", changing as typeof fetch)),
        {
          code: "checkpoint_invalid",
          message: change === "ranges" ? /no longer gives ranges/ : /changed at the server while it was read/,
        },
      );
    }
  });

  it("leaves no memory behind", async () => {
    const load = async (): Promise<number> => {
      using model = await loadLanguageModel(kernels, blobBytes(gguf.buffer, "memory"));
      answer(model);
      return kernelMemoryBytes(kernels);
    };
    await load();
    const before = await load();
    for (let time = 0; time < 20; time++) await load();
    equal(kernelMemoryBytes(kernels), before);
  });
});

const folder = `${fixturesFolder}/models/llama-tied/gguf`;
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".gguf")) : [];

describe("loadPackedTransformerFrom()", () => {
  (files.length > 0 ? it : it.skip)(`gives the weights of the file on disk (needs ${folder})`, async () => {
    for (const name of files) {
      const here = loadPackedTransformer(kernels, `${folder}/${name}`);
      const bytes = blobBytes(new Blob([readFileSync(`${folder}/${name}`)]), name);
      const there = await loadPackedTransformerFrom(kernels, bytes);
      for (const tensor of here.model.tensorNames()) {
        const [rows, width] = here.model.tensorShape(tensor);
        const count = width === undefined ? 1 : rows;
        deepEqual(there.model.readRows(tensor, 0, count), here.model.readRows(tensor, 0, count), `${name} ${tensor}`);
      }
      here.model.free();
      there.model.free();
    }
  });
});
