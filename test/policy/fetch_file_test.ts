import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchFile } from "../../src/policy/mod.ts";

let folder = "";

/** A server of one file that tells which bytes were asked for. */
interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly ranges: string[];
  content: Uint8Array<ArrayBuffer>;
  /** Bytes of an answer after which the connection breaks. */
  breakAfter: number;
  /** False: ranges are not known. */
  ranged: boolean;
  status: number;
}

function serve(size: number, seed = 1): FileServer {
  const bytes = (by: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, i) => (i * by) % 251);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const range = request.headers.get("range") ?? "";
    own.ranges.push(range);
    if (own.status !== 200) return new Response("no", { status: own.status });
    const etag = `"${createHash("sha256").update(own.content).digest("hex")}"`;
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const condition = request.headers.get("if-range");
    const all = !own.ranged || (condition !== null && condition !== etag);
    if (!all && Number(from) >= own.content.length) {
      return new Response("", { status: 416, headers: { "content-range": `bytes */${own.content.length}`, etag } });
    }
    const [first, end] = all ? [0, own.content.length] : [Number(from), Math.min(Number(to) + 1, own.content.length)];
    const part = own.content.slice(first, end);
    const headers: Record<string, string> = { etag, "content-length": String(part.length) };
    if (!all) headers["content-range"] = `bytes ${first}-${end - 1}/${own.content.length}`;
    const body = own.breakAfter >= part.length ? part : new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller): void {
        controller.enqueue(part.slice(0, own.breakAfter));
        setTimeout(() => controller.error(new Error("broken")), 20);
      },
    });
    return new Response(body, { status: all ? 200 : 206, headers });
  });
  const own: FileServer = {
    url: `http://127.0.0.1:${server.addr.port}/model.gguf?key=secret`,
    ...{ ranges: [], content: bytes(seed), breakAfter: Infinity, ranged: true, status: 200 },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return own;
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("fetchFile()", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eddy-fetch-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("fetches a file range by range", async () => {
    await using server = serve(1000);
    const path = join(folder, "m"), told: number[] = [];
    await fetchFile(server.url, path, {
      ...{ rangeBytes: 400, sha256: digest(server.content) },
      progress: (bytes, size) => void told.push(bytes / size),
    });
    deepEqual(new Uint8Array(readFileSync(path)), server.content);
    deepEqual(server.ranges, ["bytes=0-399", "bytes=400-799", "bytes=800-1199"]);
    equal(told.at(-1), 1);
    deepEqual(readdirSync(folder), ["m"]);
  });

  it("goes on behind what is there when it is called again", async () => {
    await using server = serve(1000);
    const path = join(folder, "m");
    const stop = new AbortController();
    await rejects(fetchFile(server.url, path, {
      ...{ rangeBytes: 400, signal: stop.signal },
      progress: (bytes) => bytes >= 800 && stop.abort(),
    }));
    deepEqual([existsSync(path), readFileSync(`${path}.download`).length], [false, 800]);
    server.ranges.length = 0;
    await fetchFile(server.url, path, { rangeBytes: 400, sha256: digest(server.content) });
    deepEqual(server.ranges, ["bytes=800-1199"]);
    deepEqual(new Uint8Array(readFileSync(path)), server.content);
  });

  it("begins anew when the server's file is another, or it knows no ranges", async () => {
    for (const change of ["content", "ranges"] as const) {
      await using server = serve(1000);
      const path = join(folder, change);
      const stop = new AbortController();
      const halfWay = { rangeBytes: 400, signal: stop.signal, progress: () => stop.abort() };
      await rejects(fetchFile(server.url, path, halfWay));
      if (change === "content") server.content = server.content.slice(0, 300).map((x) => x + 1);
      else server.ranged = false;
      await fetchFile(server.url, path, { rangeBytes: 400 });
      deepEqual(new Uint8Array(readFileSync(path)), server.content);
    }
  });

  it("asks again where a connection broke", async () => {
    await using server = serve(1000);
    server.breakAfter = 300;
    await fetchFile(server.url, join(folder, "m"), { sha256: digest(server.content) });
    ok(server.ranges.length >= 4, server.ranges.join());
  });

  it("refuses another checksum and keeps nothing; says what the server answers, without the query", async () => {
    await using server = serve(1000);
    const path = join(folder, "m");
    await rejects(fetchFile(server.url, path, { sha256: "0".repeat(64) }), {
      code: "checkpoint_invalid",
      message: new RegExp(`is ${digest(server.content)}, not 0{64}; it was removed`),
    });
    deepEqual(readdirSync(folder), []);
    server.status = 404;
    await rejects(
      fetchFile(server.url, path),
      ({ code, message }) => code === "remote_refused" && /answers 404/.test(message) && !message.includes("secret"),
    );
  });
});
