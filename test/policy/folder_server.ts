import { createHash } from "node:crypto";

/** A server of a folder, as static servers and hubs are, which may be killed and started again at the same port. */
export interface FolderServer extends AsyncDisposable {
  /** Address of the folder. */
  readonly url: string;
  /** What was asked: `GET name bytes=0-9`. */
  readonly asked: string[];
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Bytes of a file's answer after which the connection breaks; once. */
  breakAfter: number | undefined;
  /** What to do instead, where it gives an answer. */
  instead: (name: string, request: Request) => Response | Promise<Response> | undefined;
  /** Stops listening; every connection breaks. */
  kill(): Promise<void>;
  start(): void;
}

/** Serves `files` below `/models/small/`. */
export function serveFolder(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): FolderServer {
  let server: Deno.HttpServer<Deno.NetAddr> | undefined;
  let port = 0, life = new AbortController();
  const answer = (request: Request): Response | Promise<Response> => {
    const name = decodeURIComponent(new URL(request.url).pathname.split("/").at(-1)!);
    const range = request.headers.get("range") ?? "";
    own.asked.push(`${request.method} ${name} ${range}`.trim());
    const other = own.instead(name, request);
    if (other !== undefined) return other;
    const content = /^\/(models\/small|there)\//.test(new URL(request.url).pathname) ? own.files.get(name) : undefined;
    if (content === undefined) return new Response("none", { status: 404 });
    const etag = `"${createHash("sha256").update(content).digest("hex").slice(0, 20)}"`;
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const condition = request.headers.get("if-range");
    const all = from === undefined || (condition !== null && condition !== etag);
    const [first, end] = all ? [0, content.length] : [Number(from), Math.min(Number(to) + 1, content.length)];
    const headers: Record<string, string> = { etag, "content-length": String(end - first) };
    if (!all) headers["content-range"] = `bytes ${first}-${end - 1}/${content.length}`;
    const part = content.slice(first, end);
    const status = all ? 200 : 206;
    if (request.method === "HEAD") return new Response(null, { status, headers });
    const { breakAfter } = own;
    if (breakAfter === undefined || breakAfter >= part.length) return new Response(part, { status, headers });
    own.breakAfter = undefined;
    return new Response(
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        start(controller): void {
          controller.enqueue(part.slice(0, breakAfter));
          setTimeout(() => controller.error(new Error("broken on purpose")), 20);
        },
      }),
      { status, headers },
    );
  };
  const own: FolderServer = {
    get url(): string {
      return `http://127.0.0.1:${port}/models/small/`;
    },
    ...{ asked: [], files: new Map(files), breakAfter: undefined, instead: () => undefined },
    start(): void {
      const options = {
        hostname: "127.0.0.1",
        port,
        onListen: () => {},
        onError: () => new Response("", { status: 500 }),
      };
      life = new AbortController();
      server = Deno.serve({ ...options, signal: life.signal }, answer);
      port = server.addr.port;
    },
    async kill(): Promise<void> {
      life.abort();
      // Answers that never end are not waited for.
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([server?.finished, new Promise((resolve) => timer = setTimeout(resolve, 50))]);
      clearTimeout(timer);
    },
    [Symbol.asyncDispose]: () => own.kill(),
  };
  own.start();
  return own;
}
