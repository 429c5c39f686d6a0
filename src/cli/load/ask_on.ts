import { openConnection } from "./http_connection.ts";
import { type Latencies, latencies } from "./latencies.ts";
import type { Sighting } from "./reach_times.ts";

/** A wait that people notice, milliseconds. */
export const SLOW_MS = 50;

/** A server that is asked. */
export interface AskedServer {
  readonly hostname: string;
  readonly port: number;
}

/** What requests of a while met with. */
export interface Waits {
  /** Of every server but the last. */
  readonly edges: Latencies;
  /** Of the last one. */
  readonly centre: Latencies;
  /** Share of all that waited more than {@linkcode SLOW_MS}. */
  readonly slow: number;
  /** Answers other than 200, and connections that broke. */
  readonly failed: number;
}

/** Requests that go on in the background. */
export interface Asking extends AsyncDisposable {
  /** Which version each server began to answer with, and when. */
  readonly sightings: readonly Sighting[];
  /** What requests met with while `work` ran. */
  during(work: () => Promise<void>): Promise<Waits>;
}

/** Asks each of several edges, and their centre as the last, again and again, one question after the other. */
export function askOn(
  servers: readonly AskedServer[],
  { agent, question, thinkMs, now, since1970 }: {
    readonly agent: string;
    readonly question: (index: number) => { readonly text: string };
    /** Between an answer and the next question. */
    readonly thinkMs: number;
    /** Milliseconds on a clock that never goes back. */
    readonly now: () => number;
    /** Milliseconds since 1970. */
    readonly since1970: () => number;
  },
): Asking {
  const sightings: Sighting[] = [];
  let asked = 0;
  let [failed, slow] = [0, 0];
  let waits: readonly [edges: Latencies, centre: Latencies] = [latencies(), latencies()];
  let over = false;

  async function ask(server: number): Promise<void> {
    using connection = await openConnection(servers[server].hostname, servers[server].port);
    for (let version = -1; !over;) {
      const body = JSON.stringify({ agent, text: question(asked++).text });
      const began = now();
      const answer = await connection.post("/v1/decisions", body);
      const wait = now() - began;
      waits[server === servers.length - 1 ? 1 : 0].add(wait);
      if (wait > SLOW_MS) slow++;
      if (answer.status !== 200) failed++;
      else {
        const { policyVersion } = JSON.parse(answer.body) as { readonly policyVersion: number };
        if (policyVersion !== version) sightings.push({ server, version: policyVersion, at: since1970() });
        version = policyVersion;
      }
      await new Promise((resolve) => setTimeout(resolve, thinkMs));
    }
  }

  const asking = servers.map(async (_, server) => {
    while (!over) await ask(server).catch(() => failed++);
  });
  return {
    sightings,
    async during(work): Promise<Waits> {
      const [edges, centre, before] = [latencies(), latencies(), { failed, slow }];
      waits = [edges, centre];
      await work();
      const share = (slow - before.slow) / (edges.count + centre.count);
      return { edges, centre, failed: failed - before.failed, slow: share };
    },
    async [Symbol.asyncDispose](): Promise<void> {
      over = true;
      await Promise.all(asking);
    },
  };
}
