import { EddyError } from "../../errors.ts";
import type { App } from "../../http/mod.ts";

/** A port that is listened on. */
export interface Listening {
  /** `http://127.0.0.1:8000` */
  readonly address: string;
  /** Takes no more requests and ends the streams; resolves when those under way are answered, or after the deadline. */
  stop(deadlineMs?: number): Promise<void>;
}

/** Longest wait for requests that are under way. */
const STOP_DEADLINE_MS = 5_000;

/** Serves an application. @throws {EddyError} `address_in_use` */
export function listen(app: App, { host, port }: { readonly host: string; readonly port: number }): Listening {
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve(
      { port, hostname: host, onListen: () => {} },
      (request, connection) => app.fetch(request, connection),
    );
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse || cause instanceof Deno.errors.PermissionDenied)) throw cause;
    const state = cause instanceof Deno.errors.AddrInUse ? "something else listens there" : "the system refuses that";
    throw new EddyError("address_in_use", `Cannot listen on ${host}:${port}: ${state}; --port N takes another`, {
      cause,
    });
  }
  const { hostname, port: taken } = server.addr;
  return {
    address: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${taken}`,
    async stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
      app[Symbol.dispose](); // open streams would keep it waiting
      const answered = server.shutdown();
      app[Symbol.dispose]();
      let timer: ReturnType<typeof setTimeout> | undefined;
      // What is not answered by then is broken off when the program ends.
      await Promise.race([answered, new Promise((resolve) => timer = setTimeout(resolve, deadlineMs))]);
      clearTimeout(timer);
    },
  };
}
