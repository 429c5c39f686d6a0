import { loadKernels, randomStream } from "../../kernels/mod.ts";
import { openStore, resolveServiceConfiguration, type ServiceConfigurationInput } from "../../service/mod.ts";
import { MALFORMED_BODY_BYTES, type MalformedRequest, malformedRequest } from "../load/malformed_request.ts";
import { type MemorySample, memorySlope } from "../load/memory_slope.ts";
import { residentBytes } from "../load/resident_bytes.ts";
import { startProgram } from "../load/start_server.ts";
import { verifyAcknowledged } from "../load/verify_acknowledged.ts";
import type { AttackOptions } from "./attack.ts";
import { attackReport } from "./attack_report.ts";

/** Requests under way at once. */
const CONNECTIONS = 16;
/** Between two lines of progress. */
const TOLD_EVERY = 500;
/** Memory is looked at after each; the first one warms up. */
const ROUNDS = 6;
/** Looks at memory after each round, the least of which counts, and the time to give memory back before each, milliseconds. */
const LOOKS = 4, COLLECTING_MS = 250;
/** Random stream of the attack. */
const STREAM = 1;
/** Bytes a request that are a leak: fewer than are held of one while it is worked on. */
const LEAK_BYTES = 512;
/** Fewer requests say nothing of memory: what a program still makes ready weighs more. */
const FEWEST = 5_000;
/** Faults that are told, of however many there are. */
const TOLD = 5;

/**
 * Sends what is wrong in some way, and looks whether each is refused with a reason, nothing is kept, it lives on, and its
 * memory does not grow.
 */
export async function malformedAttack(options: AttackOptions): Promise<boolean> {
  const { requests, seed, signal } = options;
  const report = attackReport("malformed", "malformed requests", options);
  const uniform = randomStream(await loadKernels(), seed, STREAM);
  const folder = await Deno.makeTempDir({ prefix: "eddy-chaos-" });
  const input: ServiceConfigurationInput = {
    agents: {
      router: { policy: { kind: "reward-model", options: { model: "logistic" } }, candidates: ["billing", "sales"] },
    },
    store: { kind: "sqlite", path: `${folder}/eddy.db` },
    http: { limits: { bodyBytes: MALFORMED_BODY_BYTES } },
  };
  const file = `${folder}/eddy.config.json`;
  try {
    await Deno.writeTextFile(file, JSON.stringify(input));
    const program = new URL("../load/collecting_server.ts", import.meta.url);
    const server = await startProgram(program, [file, "--port", "0", "--quiet"], { DENO_V8_FLAGS: "--expose-gc" });
    const statuses: Record<string, number> = {};
    const faults: string[] = [];
    let [sent, alive] = [0, false];
    const memory: MemorySample[] = [];
    try {
      const { receipt } = await decide(server.address);
      const attack = async (upTo: number): Promise<void> => {
        while (sent < upTo && !signal.aborted) {
          const index = sent++;
          const request = malformedRequest(index, uniform, receipt);
          const { status, fault } = await send(server.address, request);
          statuses[status] = (statuses[status] ?? 0) + 1;
          if (fault !== undefined) faults.push(`${request.init.method} ${request.path.slice(0, 80)}: ${fault}`);
          if (index % TOLD_EVERY === 0) report.progress(`${index} of ${requests}`);
        }
      };
      for (let round = 1; round <= ROUNDS && !signal.aborted; round++) {
        const upTo = Math.ceil(requests * round / ROUNDS);
        await Promise.all(Array.from({ length: CONNECTIONS }, () => attack(upTo)));
        const bytes = await heldBytes(server.pid);
        if (round > 1 && bytes !== undefined) memory.push({ requests: sent, bytes });
      }
      alive = (await decide(server.address)).id !== undefined;
    } finally {
      alive = await server.stop() === 0 && alive;
    }
    await using store = await openStore(resolveServiceConfiguration(input), { databaseUrl: undefined });
    const { steps, unanswered: forged } = await verifyAcknowledged(store, new Map());
    // Two honest questions were asked, and nothing was judged.
    const kept = steps - 2;
    const slope = memory.length < 2 ? undefined : memorySlope(memory);
    const leaks = slope !== undefined && sent >= FEWEST && slope >= LEAK_BYTES;
    report.result({ requests: sent, statuses, faults, kept, forged, alive, memory, bytesPerRequest: slope }, [
      `${sent.toLocaleString("en-US")} sent: ${
        Object.entries(statuses).map(([status, count]) => `${count.toLocaleString("en-US")} × ${status}`).join(", ")
      }; ${faults.length} without a useful refusal, ${kept} kept, ${forged} judged with a forged receipt; the server ${
        alive ? "answers on" : "is gone"
      }`,
      ...(slope === undefined ? [] : [
        `memory after each round: ${memory.map(({ bytes }) => (bytes / 2 ** 20).toFixed(1)).join(", ")} MiB, ${
          slope.toFixed(0)
        } bytes more with each request (${
          sent < FEWEST ? `judged from ${FEWEST} requests on` : `a leak from ${LEAK_BYTES}`
        })`,
      ]),
      ...faults.slice(0, TOLD),
    ]);
    return faults.length === 0 && kept === 0 && forged === 0 && alive && !leaks;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function decide(address: string): Promise<{ readonly id?: string; readonly receipt: string }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${address}/v1/decisions`, { method: "POST", headers, body: '{"text":"hi"}' });
  return await response.json();
}

/** @returns The status, and what is wrong with the refusal. */
async function send(
  address: string,
  { path, init }: MalformedRequest,
): Promise<{ readonly status: number | "none"; readonly fault?: string }> {
  const headers = new Headers(init.headers);
  headers.delete("content-length"); // The client would not send a wrong one.
  let response: Response;
  try {
    response = await fetch(address + path, { ...init, headers });
  } catch (error) {
    return { status: "none", fault: (error as Error).message };
  }
  const { status } = response;
  const text = await response.text();
  if (status < 400 || status > 499) return { status, fault: `${status} ${text.slice(0, 200)}` };
  return { status, fault: isRefusal(text) ? undefined : text.slice(0, 200) };
}

function isRefusal(text: string): boolean {
  try {
    const { code, message, requestId } = JSON.parse(text).error;
    return /^[a-z_]+$/.test(code) && /Cannot /.test(message) && typeof requestId === "string";
  } catch {
    return false;
  }
}

/** What a program holds once it has given back what nobody uses; undefined where the system does not tell. */
async function heldBytes(pid: number): Promise<number | undefined> {
  let least: number | undefined;
  for (let look = 0; look < LOOKS && residentBytes(pid) !== undefined; look++) {
    Deno.kill(pid, "SIGUSR2");
    await new Promise((resolve) => setTimeout(resolve, COLLECTING_MS));
    least = Math.min(least ?? Infinity, residentBytes(pid) ?? Infinity);
  }
  return least;
}
