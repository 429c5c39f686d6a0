import { loadKernels, randomStream } from "../../kernels/mod.ts";
import { openStore, resolveServiceConfiguration, type ServiceConfigurationInput } from "../../service/mod.ts";
import { MALFORMED_BODY_BYTES, type MalformedRequest, malformedRequest } from "../load/malformed_request.ts";
import { residentBytes } from "../load/resident_bytes.ts";
import { startServer } from "../load/start_server.ts";
import { verifyAcknowledged } from "../load/verify_acknowledged.ts";
import type { AttackOptions } from "./attack.ts";
import { attackReport } from "./attack_report.ts";

/** Requests under way at once. */
const CONNECTIONS = 16;
/** Requests after which memory is looked at first: by then the program is warm. */
const WARM = 500;
/** Random stream of the attack. */
const STREAM = 1;
/** Growth that is a leak: it is far more than all of the attack's bodies that may be held at once. */
const LEAK_BYTES = 256 * 1024 * 1024;
/** Faults that are told, of however many there are. */
const TOLD = 5;

/** Sends what is wrong in some way, and looks whether each is refused with a reason, nothing is kept, and it lives on. */
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
    const server = await startServer([file, "--port", "0"]);
    const statuses: Record<string, number> = {};
    const faults: string[] = [];
    let [sent, alive] = [0, false];
    let before = residentBytes(server.pid);
    let after: number | undefined;
    try {
      const { receipt } = await decide(server.address);
      const attack = async (): Promise<void> => {
        while (sent < requests && !signal.aborted) {
          const index = sent++;
          const request = malformedRequest(index, uniform, receipt);
          const { status, fault } = await send(server.address, request);
          statuses[status] = (statuses[status] ?? 0) + 1;
          if (fault !== undefined) faults.push(`${request.init.method} ${request.path.slice(0, 80)}: ${fault}`);
          if (index === WARM) before = residentBytes(server.pid);
          if (index % WARM === 0) report.progress(`${index} of ${requests}`);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, attack));
      alive = (await decide(server.address)).id !== undefined;
      after = residentBytes(server.pid);
    } finally {
      alive = await server.stop() === 0 && alive;
    }
    await using store = await openStore(resolveServiceConfiguration(input), { databaseUrl: undefined });
    const { steps, unanswered: forged } = await verifyAcknowledged(store, new Map());
    // Two honest questions were asked, and nothing was judged.
    const kept = steps - 2;
    const grown = before === undefined || after === undefined ? undefined : after - before;
    report.result({ requests: sent, statuses, faults, kept, forged, alive, residentBytes: { before, after } }, [
      `${sent.toLocaleString("en-US")} sent: ${
        Object.entries(statuses).map(([status, count]) => `${count.toLocaleString("en-US")} × ${status}`).join(", ")
      }; ${faults.length} without a useful refusal, ${kept} kept, ${forged} judged with a forged receipt; the server ${
        alive ? "answers on" : "is gone"
      }`,
      ...(grown === undefined ? [] : [`memory ${mebibytes(before!)} before, ${mebibytes(after!)} after`]),
      ...faults.slice(0, TOLD),
    ]);
    return faults.length === 0 && kept === 0 && forged === 0 && alive && (grown ?? 0) < LEAK_BYTES;
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

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
