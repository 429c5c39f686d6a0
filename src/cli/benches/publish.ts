import type { Kernels } from "../../kernels/mod.ts";
import type { BenchClock, Measurement } from "../bench.ts";
import { type Asking, askOn, SLOW_MS, type Waits } from "../load/ask_on.ts";
import { LOAD_AGENT, loadConfiguration, loadQuestions } from "../load/load_questions.ts";
import { type PublishedAt, reachTimes } from "../load/reach_times.ts";
import { type ServerProcess, startProgram, startServer } from "../load/start_server.ts";

const EDGES = 8;
/** Publications, and milliseconds between two: a learner makes versions all the time, people now and then. */
const LEARNED = { times: 150, everyMs: 150 }, BY_HAND = { times: 50, everyMs: 500 };
/** Publications by hand before anything is measured: code that runs for the first time is slow. */
const WARM_UP = 5;
/** Judgements that make a version, and older versions that are published by hand in turn: edges keep fewer. */
const JUDGEMENTS = 8, OLDER = 12;
/** Between an answer and the next question of each of the nine that ask. */
const THINK_MS = 10;
/** Longest wait for what was published last. */
const SETTLED_MS = 3_000;
const SECRET = "07".repeat(32);

/**
 * How long a published version takes until each of eight edges answers with it, and what requests feel of that: a centre and
 * its edges as processes of their own, which are asked all the time. By judgements: judged steps arrive at the centre,
 * which publishes at once what it learned. By snapshot: somebody publishes an older version that the edges do not have.
 */
export async function benchPublish(_: Kernels, { now }: BenchClock): Promise<readonly Measurement[]> {
  const folder = await Deno.makeTempDir({ prefix: "eddy-publish-" });
  const started: ServerProcess[] = [];
  try {
    const file = `${folder}/eddy.config.json`;
    const input = loadConfiguration({ kind: "sqlite", path: `${folder}/eddy.db` });
    // Without a trial each publication is one version that everyone is answered by.
    const agents = { [LOAD_AGENT]: { ...input.agents[LOAD_AGENT], gate: { canaryShare: 0 } } };
    await Deno.writeTextFile(file, JSON.stringify({ ...input, agents }));
    const variables = { EDDY_RECEIPT_SECRETS: SECRET };
    const centre = await startServer([file, "--port", "0"], variables);
    started.push(centre);
    const program = new URL("../../../workers/edge.ts", import.meta.url);
    for (let edge = 0; edge < EDGES; edge++) {
      const words = [file, "--centre", centre.address, "--outbox", `${folder}/outbox-${edge}.db`];
      started.push(await startProgram(program, [...words, "--port", "0", "--quiet"], variables));
    }
    const servers = [...started.slice(1), centre];
    const question = loadQuestions();
    await using asking = askOn(servers, {
      ...{ agent: LOAD_AGENT, question, thinkMs: THINK_MS, now },
      since1970: () => Date.now(),
    });
    const publisher = publisherOf(centre.address, question);
    await publisher.byJudgements({ ...LEARNED, times: 4 * OLDER });
    await publisher.bySnapshot({ ...BY_HAND, times: WARM_UP });
    await pause(SETTLED_MS);

    const control = ({ times, everyMs }: Pace): Promise<Waits> => asking.during(() => pause(times * everyMs));
    const quiet = [await control(LEARNED)];
    const byJudgements = await measure(asking, publisher, () => publisher.byJudgements(LEARNED));
    quiet.push(await control(BY_HAND));
    const bySnapshot = await measure(asking, publisher, () => publisher.bySnapshot(BY_HAND));
    return [
      ...reached("judgements", byJudgements.times),
      ...reached("snapshot", bySnapshot.times),
      ...waited("by judgements", byJudgements.waits, quiet[0]),
      ...waited("by snapshot", bySnapshot.waits, quiet[1]),
    ];
  } finally {
    for (const server of started.reverse()) await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** How often, and how far apart. */
interface Pace {
  readonly times: number;
  readonly everyMs: number;
}

/** Makes the centre publish. */
interface Publisher {
  /** Judges steps. */
  byJudgements(pace: Pace): Promise<void>;
  /** Publishes older versions in turn. */
  bySnapshot(pace: Pace): Promise<void>;
  /** What was published since, oldest first. */
  since(at: number): Promise<readonly PublishedAt[]>;
}

function publisherOf(address: string, question: ReturnType<typeof loadQuestions>): Publisher {
  let asked = 0;
  const history = async (): Promise<readonly PublishedAt[]> =>
    (await ask<{ readonly history: readonly PublishedAt[] }>(`/v1/policies/${LOAD_AGENT}?limit=500`)).history;

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(address + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot measure publications: ${path} answers ${response.status} ${text}`);
    return JSON.parse(text);
  }

  return {
    async byJudgements({ times, everyMs }): Promise<void> {
      for (let time = 0; time < times; time++) {
        const questions = Array.from({ length: JUDGEMENTS }, () => question(asked++));
        const decisions = await ask<readonly { readonly action: string; readonly receipt: string }[]>(
          "/v1/decisions",
          questions.map(({ text }) => ({ agent: LOAD_AGENT, text })),
        );
        await ask(
          "/v1/feedback",
          decisions.map(({ action, receipt }, i) => ({ receipt, value: action === questions[i].right })),
        );
        await pause(everyMs);
      }
    },
    async bySnapshot({ times, everyMs }): Promise<void> {
      const versions = [...new Set((await history()).map(({ version }) => version))].slice(OLDER, 2 * OLDER);
      for (let time = 0; time < times; time++) {
        await ask(`/v1/policies/${LOAD_AGENT}/publish`, { version: versions[time % OLDER] });
        await pause(everyMs);
      }
    },
    since: async (at) => (await history()).filter((published) => published.at >= at).reverse(),
  };
}

/** Publishes, and finds out when everyone answered with what. */
async function measure(
  asking: Asking,
  publisher: Publisher,
  publish: () => Promise<void>,
): Promise<{ readonly times: readonly number[]; readonly waits: Waits }> {
  const began = Date.now();
  const waits = await asking.during(publish);
  await pause(SETTLED_MS);
  const publications = await publisher.since(began);
  const sightings = asking.sightings.filter(({ server, at }) => server < EDGES && at >= began);
  return { times: reachTimes(publications, sightings, EDGES), waits };
}

function reached(how: string, times: readonly number[]): readonly Measurement[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return [
    { name: `published to all, ${how}, p50`, value: at(0.5), unit: "ms" },
    { name: `published to all, ${how}, p99`, value: at(0.99), unit: "ms" },
    { name: "  publications", value: times.length, unit: "versions" },
  ];
}

function waited(how: string, { edges, centre, failed, slow }: Waits, quiet: Waits): readonly Measurement[] {
  const against = "the same load without publishing";
  const one = (name: string, value: number, control: number, unit = "ms"): Measurement => ({
    ...{ name: `  ${name}`, value, unit, ...(control > 0 && { ratio: value / control, against }) },
  });
  return [
    { name: `requests meanwhile, ${how}`, value: edges.count + centre.count, unit: "requests" },
    { name: "  failed, and in the control", value: failed + quiet.failed, unit: "requests" },
    one(`waited over ${SLOW_MS} ms`, 100 * slow, 100 * quiet.slow, "%"),
    one("wait at an edge, p99", edges.at(0.99), quiet.edges.at(0.99)),
    one("wait at an edge, longest", edges.largest, quiet.edges.largest),
    one("wait at the centre, p99", centre.at(0.99), quiet.centre.at(0.99)),
    one("wait at the centre, longest", centre.largest, quiet.centre.largest),
  ];
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
