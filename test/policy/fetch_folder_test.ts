import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, fetchFolder } from "../../src/policy/mod.ts";
import { type FolderServer, serveFolder } from "./folder_server.ts";

const text = (value: object | string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function weights(name: string, length: number): Uint8Array<ArrayBuffer> {
  const values = Float32Array.from({ length }, (_, i) => i);
  return new Uint8Array(encodeSafetensors(new Map([[name, { shape: [length], values }]])));
}

const single = new Map([
  ["config.json", text({ model_type: "llama" })],
  ["tokenizer.json", text({ model: {} })],
  ["model.safetensors", weights("a", 1000)],
  ["README.md", text("not asked for")],
]);
const SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const sharded = new Map([
  ["config.json", text({ model_type: "llama" })],
  ["model.safetensors.index.json", text({ weight_map: { a: SHARDS[0], b: SHARDS[1] } })],
  [SHARDS[0], weights("a", 600)],
  [SHARDS[1], weights("b", 700)],
]);

describe("fetchFolder()", () => {
  let folder = "";
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "eddy-fetch-folder-")), "model");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  function same(server: FolderServer, but: readonly string[] = ["README.md"]): void {
    const names = [...server.files.keys()].filter((name) => !but.includes(name));
    deepEqual(readdirSync(folder).filter((name) => name !== "eddy.download.json").sort(), names.sort());
    for (const name of names) deepEqual(new Uint8Array(readFileSync(join(folder, name))), server.files.get(name), name);
  }

  it("fetches one file of weights, from the address of the folder or of a file in it, and tells how far it is", async () => {
    await using server = serveFolder(single);
    for (const end of ["", "config.json", "model.safetensors"]) {
      rmSync(folder, { recursive: true, force: true });
      const told: number[] = [];
      await fetchFolder(`${server.url}${end}`, folder, {
        rangeBytes: 1500,
        progress: (bytes, size) => void told.push(bytes / size),
      });
      same(server);
      ok(told.length > 4 && told.every((share, i) => share <= 1 && share >= (told[i - 1] ?? 0)), told.join());
      equal(told.at(-1), 1);
    }
    await rejects(fetchFolder(`${server.url}../none`, `${folder}2`), {
      code: "checkpoint_missing",
      message: /Cannot fetch a model from '.*\/models\/none\/': it has no 'config\.json'/,
    });
  });

  it("fetches shards, also from the address of their index, and sends along what the address asks", async () => {
    await using server = serveFolder(sharded);
    const asked = new Set<string>();
    server.instead = (_, { url }) => void asked.add(new URL(url).search);
    await fetchFolder(`${server.url}model.safetensors.index.json?key=secret`, folder);
    same(server);
    deepEqual([...asked], ["?key=secret"]);
    server.files.set("model.safetensors.index.json", text({ weight_map: { a: "../../etc/passwd" } }));
    await rejects(fetchFolder(server.url, `${folder}2`), { code: "checkpoint_invalid", message: /not a file of this/ });
  });

  it("goes on where it was when the server is killed half-way and started again", async () => {
    await using server = serveFolder(sharded);
    // Within a call: the connection breaks in the middle of a shard, and the server is away for a while.
    let reads = 0;
    server.instead = (name, { method }) => {
      if (name !== SHARDS[0] || method !== "GET" || ++reads !== 2) return undefined;
      server.breakAfter = 300;
      setTimeout(() => void server.kill().then(() => setTimeout(() => server.start(), 100)), 10);
      return undefined;
    };
    await fetchFolder(server.url, folder, { rangeBytes: 1000 });
    same(server);
    const begun = server.asked.filter((line) => line.startsWith(`GET ${SHARDS[0]}`));
    ok(begun.filter((line) => line.endsWith("bytes=0-999")).length === 1 && begun.length > 3, begun.join());
    // Between calls: what is whole stays, the rest goes on behind what is there.
    rmSync(folder, { recursive: true });
    const stop = new AbortController();
    const half = { rangeBytes: 1000, signal: stop.signal };
    await rejects(fetchFolder(server.url, folder, { ...half, progress: (bytes) => bytes > 4000 && stop.abort() }), {
      code: "remote_unavailable",
      message: /run the same command again, it goes on where it stopped/,
    });
    await server.kill();
    server.asked.length = 0;
    await rejects(fetchFolder(server.url, folder, { attempts: 1 }), { code: "remote_unavailable" });
    server.start();
    await fetchFolder(server.url, folder, { rangeBytes: 1000 });
    same(server);
    const got = server.asked.filter((line) => line.startsWith("GET"));
    ok(got.length > 0 && got.every((line) => line.includes(SHARDS[1]) && !line.endsWith("bytes=0-999")), got.join());
  });

  it("refuses a folder that changes meanwhile and says to start again, which works", async () => {
    await using server = serveFolder(sharded);
    // Between two ranges of a file.
    let change = true;
    server.instead = (name, { method, headers }) => {
      if (name === SHARDS[1] && method === "GET" && headers.get("range") !== "bytes=0-999" && change) {
        server.files.set(SHARDS[1], weights("b", 701));
        change = false;
      }
      return undefined;
    };
    const error = {
      code: "checkpoint_invalid",
      message: /changed at the server meanwhile; .*starts from the beginning/,
    };
    await rejects(fetchFolder(server.url, folder, { rangeBytes: 1000 }), error);
    equal(existsSync(join(folder, `${SHARDS[1]}.download`)), false);
    // Between two calls: the folder is another now.
    await rejects(fetchFolder(server.url, folder), {
      code: "checkpoint_invalid",
      message:
        /'model-00002-of-00002\.safetensors' is another than when the download began; .*starts from the beginning/,
    });
    await fetchFolder(server.url, folder);
    same(server);
  });

  it("compares files with SHA256SUMS, with what a hub says, and with what it is told", async () => {
    const sums = [...sharded].map(([name, bytes]) => `${digest(bytes)} *./${name}\n`).join("");
    await using server = serveFolder(new Map([...sharded, ["SHA256SUMS", text(sums)]]));
    await fetchFolder(server.url, folder, { sha256: digest(text(sums)) });
    same(server);
    await rejects(fetchFolder(server.url, `${folder}1`, { sha256: "0".repeat(64) }), { code: "checkpoint_invalid" });
    server.files.set(SHARDS[0], weights("a", 601));
    await rejects(fetchFolder(server.url, `${folder}2`), { code: "checkpoint_invalid", message: /00001.*SHA-256 is/ });
    // A hub sends one elsewhere for the weights, and says before what they are.
    await using hub = serveFolder(single);
    let linked = digest(single.get("model.safetensors")!);
    hub.instead = (name, { url }) =>
      name !== "model.safetensors" || url.includes("there") ? undefined : new Response(null, {
        status: 302,
        headers: { location: `/there/${name}`, "x-linked-etag": `"${linked}"` },
      });
    await fetchFolder(hub.url, `${folder}3`);
    linked = "1".repeat(64);
    await rejects(fetchFolder(hub.url, `${folder}4`), {
      code: "checkpoint_invalid",
      message: /not 1{64}; it was removed/,
    });
    await using plain = serveFolder(single);
    await rejects(fetchFolder(plain.url, `${folder}5`, { sha256: "2".repeat(64) }), { message: /not 2{64}/ });
    await using many = serveFolder(sharded);
    await rejects(fetchFolder(many.url, `${folder}6`, { sha256: "2".repeat(64) }), { code: "configuration_invalid" });
  });

  it("asks again what is busy, gives up what is silent, tells what is forbidden", async () => {
    await using server = serveFolder(single);
    let busy = 2;
    server.instead = (name) => name === "tokenizer.json" && busy-- > 0 ? new Response("", { status: 503 }) : undefined;
    await fetchFolder(server.url, folder);
    same(server);
    server.instead = (name) => name === "config.json" ? new Promise(() => {}) : undefined;
    await rejects(fetchFolder(server.url, `${folder}1`, { idleMs: 50, attempts: 1 }), {
      code: "remote_unavailable",
      message: /nothing came for 0\.05 seconds/,
    });
    server.instead = (name, { method }) =>
      name === "model.safetensors" && method === "GET" ? new Response(new ReadableStream()) : undefined;
    await rejects(fetchFolder(server.url, `${folder}2`, { idleMs: 50, attempts: 1 }), (error: Error) => {
      match(error.message, /model\.safetensors.*nothing came for 0\.05 seconds/);
      return true;
    });
    server.instead = () => new Response("no", { status: 403 });
    await rejects(fetchFolder(server.url, `${folder}3`), { code: "remote_refused", message: /answers 403/ });
  });
});
