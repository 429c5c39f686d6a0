import { createRewardModelAgent } from "../../agent/mod.ts";
import { createIdSource, resolveServiceConfiguration } from "../../service/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { driveLoad } from "../load/drive_load.ts";
import { LOAD_AGENT, loadConfiguration, loadQuestions } from "../load/load_questions.ts";
import { processorSeconds } from "../load/processor_seconds.ts";
import { startServer } from "../load/start_server.ts";

const WARM_UP_MS = 3_000;
const DURATION_MS = 30_000;
const CONNECTIONS = 48;
const POLICY_ROUNDS = 5_000;

/** A server process under full load for half a minute, every decision and judgement durable before it is answered. */
export async function benchServing(kernels: Kernels, { now }: BenchClock): Promise<readonly Measurement[]> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-serving-" });
  try {
    const input = loadConfiguration({ kind: "sqlite", path: `${folder}/eddy.db` });
    await Deno.writeTextFile(`${folder}/eddy.config.json`, JSON.stringify(input));
    const server = await startServer([`${folder}/eddy.config.json`, "--port", "0"]);
    try {
      const load = {
        hostname: server.hostname,
        port: server.port,
        agent: LOAD_AGENT,
        connections: CONNECTIONS,
        now,
        question: loadQuestions(),
      };
      await driveLoad({ ...load, durationMs: WARM_UP_MS });
      const before = processorSeconds(server.pid);
      const result = await driveLoad({ ...load, durationMs: DURATION_MS });
      const after = processorSeconds(server.pid);
      const cpu = before === undefined || after === undefined ? undefined : (after - before) * 1e6;
      const policy = policyMicroseconds(kernels, now);
      const refused = Object.values(result.refused).reduce((sum, count) => sum + count, 0);
      return [
        { name: "durable judged steps", value: result.judged / result.seconds, unit: "steps/s" },
        { name: "  refused or failed", value: refused, unit: "requests" },
        { name: "  decision, p50", value: result.decisions.at(0.5), unit: "ms" },
        { name: "  decision, p99", value: result.decisions.at(0.99), unit: "ms" },
        { name: "  judgement on disk, p50", value: result.feedback.at(0.5), unit: "ms" },
        { name: "  judgement on disk, p99", value: result.feedback.at(0.99), unit: "ms" },
        { name: "  right at the end", value: result.right / result.judged, unit: "share" },
        ...(cpu === undefined ? [] : [
          { name: "server CPU, judged step", value: cpu / result.judged, unit: "µs" },
          {
            name: "server CPU, request",
            value: cpu / result.judged / 2,
            unit: "µs",
            ratio: cpu / result.judged / 2 / policy,
            against: "the policy's own time",
          },
        ]),
        { name: "policy's own time, decision", value: policy, unit: "µs" },
      ];
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
