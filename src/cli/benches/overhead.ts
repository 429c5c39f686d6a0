import { cpuUsage } from "node:process";
import { Hono } from "hono";
import { createRewardModelAgent } from "../../agent/mod.ts";
import { createAccess, createApp } from "../../http/mod.ts";
import type { Kernels } from "../../kernels/mod.ts";
import { createIdSource, openService, resolveServiceConfiguration } from "../../service/mod.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { LOAD_AGENT, loadConfiguration, loadQuestions } from "../load/load_questions.ts";
import { localMachine } from "../serving/local_machine.ts";

/** Decisions of each round, and rounds after the first, which warms up. */
const DECISIONS = 4_000, ROUNDS = 5;
/** Requests under way at once, as in `bench --only serving`: those that come together share a commit. */
const AT_ONCE = 48;
const ADDRESS = "http://127.0.0.1:8000/v1/decisions";

/** Does the n-th of something. */
type Work = (index: number) => unknown;

/**
 * Processor time of one decision through `app.fetch`, of all threads of this process, beyond the policy's own: with nothing
 * kept and with a store on disk. It includes making the request and reading the answer, which a server does not do; what
 * that and reading and writing JSON come to is measured beside it.
 */
export async function benchOverhead(kernels: Kernels, _: BenchClock): Promise<readonly Measurement[]> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-overhead-" });
  try {
    const configuration = resolveServiceConfiguration(loadConfiguration({ kind: "sqlite", path: `${folder}/eddy.db` }));
    const machine = localMachine([new Uint8Array(32)]);
    await using service = await openService(configuration, machine);
    const agent = configuration.agents[LOAD_AGENT];
    using served = createRewardModelAgent(kernels, LOAD_AGENT, agent);
    const newId = createIdSource(machine.now, machine.fillRandom);
    using keepsNothing = createApp({
      agents: new Map([[LOAD_AGENT, { configuration: agent, served }]]),
      recorder: {
        addSteps: () => Promise.resolve(),
        addFeedback: () => Promise.resolve([]),
        endEpisode: () => Promise.resolve(),
      },
      access: createAccess([], ["decide"]),
      receiptSecrets: machine.receiptSecrets,
      now: machine.now,
      monotonic: machine.monotonic,
      newId,
      randomSeed: () => 7,
      limits: configuration.http.limits,
      version: machine.version,
    });
    const question = loadQuestions();
    const answer: object = await (await keepsNothing.fetch(decisionRequest(question(0).text))).json();
    const onlyJson = new Hono().post("/v1/decisions", async (c) => {
      await c.req.json();
      return c.json(answer);
    });
    const through = (app: { fetch(request: Request): Response | Promise<Response> }): Work => async (index) => {
      const response = await app.fetch(decisionRequest(question(index).text));
      const text = await response.text();
      if (response.status !== 200) throw new Error(`Cannot measure decisions: ${response.status} ${text}`);
    };
    const decide: Work = (index) => {
      const turns = [{ role: "user", text: question(index).text }] as const;
      served.decide({ stepId: newId(), episodeId: newId(), now: 0, turns, seed: index });
    };
    const [policy, json, nothing, kept] = await sideBySide([
      decide,
      through(onlyJson),
      through(keepsNothing),
      through(service.app),
    ]);
    const besideJson = (name: string, value: number): Measurement => ({
      ...{
        name,
        value,
        unit: "µs CPU",
        ratio: value / json,
        against: "the same request to hono, which only answers JSON",
      },
    });
    return [
      { name: "policy's own time, decision", value: policy, unit: "µs CPU" },
      { name: "JSON in, JSON out, hono alone", value: json, unit: "µs CPU" },
      besideJson("decision over HTTP, nothing kept", nothing - policy),
      besideJson("decision over HTTP, on disk", kept - policy),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function decisionRequest(text: string): Request {
  const body = new TextEncoder().encode(JSON.stringify({ agent: LOAD_AGENT, text }));
  const headers = { "content-type": "application/json", "content-length": `${body.length}` };
  return new Request(ADDRESS, { method: "POST", headers, body });
}

/** Microseconds of processor time of one piece of each work: medians over rounds that take turns. */
async function sideBySide(works: readonly Work[]): Promise<readonly number[]> {
  const rounds: number[][] = works.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, work] of works.entries()) {
      const before = cpuUsage();
      await repeat(work);
      const { user, system } = cpuUsage(before);
      if (round > 0) rounds[index].push((user + system) / DECISIONS);
    }
  }
  return rounds.map((values) => values.sort((a, b) => a - b)[values.length >> 1]);
}

async function repeat(work: Work): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < DECISIONS) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
