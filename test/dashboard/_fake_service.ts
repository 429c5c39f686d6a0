import { createDashboard } from "../../src/dashboard/mod.ts";
import type { StatusReport } from "../../src/http/status_report.ts";
import type { LoopEvent } from "../../src/learning/mod.ts";
import type { KeptEpisode, PolicyVersion } from "../../src/store/mod.ts";

/** What a fake service answers with; tests change it while the page looks on. */
export interface FakeContent {
  report: StatusReport;
  episodes: KeptEpisode[];
  versions: PolicyVersion[];
}

/** A server that speaks the part of the surface that the dashboard reads, with the dashboard on it. */
export interface FakeService extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly content: FakeContent;
  /** Paths that were asked for, with the key that came along. */
  readonly asked: { readonly path: string; readonly key?: string }[];
  /** Sends an event to everyone who follows. */
  send(name: string, data: LoopEvent | StatusReport): void;
}

/** Listens on `port` (0: any) of this machine; with `key` it answers nobody else. */
export function fakeService(
  content: FakeContent,
  { port = 0, key }: { port?: number; key?: string } = {},
): FakeService {
  const [dashboard, followers, asked] = [
    createDashboard(),
    new Set<ReadableStreamDefaultController>(),
    [] as FakeService["asked"],
  ];
  const answer = (request: Request): Response => {
    const { pathname } = new URL(request.url);
    const page = dashboard(pathname);
    if (page) return page;
    const sent = request.headers.get("authorization")?.replace(/^Bearer /, "");
    asked.push({ path: pathname, key: sent });
    if (key && sent !== key) return Response.json({ error: "no" }, { status: sent === "may-not-read" ? 403 : 401 });
    if (pathname === "/v1/status") return Response.json(content.report);
    if (pathname === "/v1/episodes") return Response.json({ episodes: content.episodes });
    if (pathname.startsWith("/v1/policies/")) return Response.json({ versions: content.versions });
    if (pathname === "/v1/events") {
      return new Response(stream(followers), { headers: { "content-type": "text/event-stream" } });
    }
    return Response.json({ error: "no such route" }, { status: 404 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, answer);
  return {
    port: server.addr.port,
    url: `http://127.0.0.1:${server.addr.port}/`,
    content,
    asked,
    send(name, data): void {
      const bytes = new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      for (const follower of followers) follower.enqueue(bytes);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const follower of followers) follower.close();
      followers.clear();
      await server.shutdown();
    },
  };
}

function stream(followers: Set<ReadableStreamDefaultController>): ReadableStream {
  let own: ReadableStreamDefaultController;
  return new ReadableStream({
    start(controller): void {
      own = controller;
      followers.add(controller);
      controller.enqueue(new TextEncoder().encode(": hello\n\n"));
    },
    cancel: () => void followers.delete(own),
  });
}
