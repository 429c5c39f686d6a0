import { createRewardModelAgent } from "../../agent/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { StatusReport } from "../../http/mod.ts";
import { createIdSource, resolveServiceConfiguration } from "../../service/mod.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { driveLoad, type LoadResult } from "../load/drive_load.ts";
import { LOAD_AGENT, loadConfiguration, loadQuestions } from "../load/load_questions.ts";
import { processorSeconds } from "../load/processor_seconds.ts";
import { type ServerProcess, startProgram, startServer } from "../load/start_server.ts";

const WARM_UP_MS = 5_000;
const DURATION_MS = 30_000;
const PEER_MS = 4_000;
const POLICY_ROUNDS = 5_000;
/** Judged steps are sent one by one by as many browsers, or by a few gateways that send 32 at once. */
const SHAPES = [
  { name: "one a request", connections: 48, batch: 1 },
  { name: "32 a request", connections: 6, batch: 32 },
] as const;
type Shape = typeof SHAPES[number];

/**
 * A server process under full load for half a minute, every decision and judgement durable before it is answered; beside
 * it, a server that does nothing but read and answer JSON.
 */
export async function benchServing(kernels: Kernels, { now }: BenchClock): Promise<readonly Measurement[]> {
  const policy = policyMicroseconds(kernels, now);
  const measured: Measurement[] = [{ name: "policy's own time, decision", value: policy, unit: "µs" }];
  for (const shape of SHAPES) {
    const peer = await measurePeer(shape, now);
    const { result, cpu, learned, served } = await measureEddy(shape, now);
    measured.push(
      {
        name: `durable judged steps, ${shape.name}`,
        value: result.judged / result.seconds,
        unit: "steps/s",
        ratio: result.judged / result.seconds / peer.perSecond,
        against: "a server that only answers JSON",
      },
      { name: "  refused or failed", value: countOf(result.refused), unit: "requests" },
      { name: "  decision, p50", value: result.decisions.at(0.5), unit: "ms" },
      { name: "  decision, p99", value: result.decisions.at(0.99), unit: "ms" },
      { name: "  judgement on disk, p50", value: result.feedback.at(0.5), unit: "ms" },
      { name: "  judgement on disk, p99", value: result.feedback.at(0.99), unit: "ms" },
      { name: "  judgement learned, p99", value: learned, unit: "ms" },
      { name: "  judgement served, p99", value: served, unit: "ms" },
      { name: "  right", value: result.right / result.judged, unit: "share" },
      ...(cpu === undefined || peer.cpu === undefined ? [] : [
        {
          name: "  server CPU, judged step",
          value: cpu,
          unit: "µs",
          ratio: cpu / peer.cpu,
          against: "that server",
        },
      ]),
    );
  }
  return measured;
}

/** Microseconds of processor time of each judged step while `drive` presses a server; undefined on other systems. */
async function underLoad(
  server: ServerProcess,
  drive: () => Promise<LoadResult>,
): Promise<{ readonly result: LoadResult; readonly cpu: number | undefined }> {
  const before = processorSeconds(server.pid);
  const result = await drive();
  const after = processorSeconds(server.pid);
  const cpu = before === undefined || after === undefined ? undefined : (after - before) * 1e6 / result.judged;
  return { result, cpu };
}

async function measureEddy({ connections, batch }: Shape, now: () => number): Promise<{
  readonly result: LoadResult;
  readonly cpu: number | undefined;
  /** 99th percentiles from a judgement being settled to being learned, and to being served, milliseconds. */
  readonly learned: number;
  readonly served: number;
}> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-serving-" });
  try {
    const input = loadConfiguration({ kind: "sqlite", path: `${folder}/eddy.db` });
    await Deno.writeTextFile(`${folder}/eddy.config.json`, JSON.stringify(input));
    const server = await startServer([`${folder}/eddy.config.json`, "--port", "0"]);
    try {
      const { hostname, port } = server;
      const load = { hostname, port, agent: LOAD_AGENT, connections, batch, now, question: loadQuestions() };
      await driveLoad({ ...load, durationMs: WARM_UP_MS });
      const measured = await underLoad(server, () => driveLoad({ ...load, durationMs: DURATION_MS }));
      const report = await (await fetch(`${server.address}/v1/status`)).json() as StatusReport;
      const status = report.agents[0].status;
      return { ...measured, learned: status?.updateLatencyMs.p99 ?? NaN, served: status?.serveLatencyMs.p99 ?? NaN };
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measurePeer(
  { connections, batch }: Shape,
  now: () => number,
): Promise<{ readonly perSecond: number; readonly cpu: number | undefined }> {
  const server = await startProgram(new URL("../load/bare_server.ts", import.meta.url), []);
  try {
    const { hostname, port } = server;
    const load = { hostname, port, agent: LOAD_AGENT, connections, batch, now, question: loadQuestions() };
    await driveLoad({ ...load, durationMs: PEER_MS / 4 });
    const { result, cpu } = await underLoad(server, () => driveLoad({ ...load, durationMs: PEER_MS }));
    return { perSecond: result.judged / result.seconds, cpu };
  } finally {
    await server.stop();
  }
}

function countOf(refused: LoadResult["refused"]): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** Microseconds of one decision without HTTP and store. */
function policyMicroseconds(kernels: Kernels, now: () => number): number {
  const { agents } = resolveServiceConfiguration(loadConfiguration(undefined));
  using agent = createRewardModelAgent(kernels, LOAD_AGENT, agents[LOAD_AGENT]);
  const question = loadQuestions();
  const newId = createIdSource(() => 0, (into) => into.fill(7));
  const decide = (index: number): void => {
    const turns = [{ role: "user" as const, text: question(index).text }];
    agent.decide({ stepId: newId(), episodeId: newId(), now: 0, turns, seed: index });
  };
  for (let index = 0; index < POLICY_ROUNDS; index++) decide(index);
  const began = now();
  for (let index = 0; index < POLICY_ROUNDS; index++) decide(index);
  return (now() - began) / POLICY_ROUNDS * 1000;
}
