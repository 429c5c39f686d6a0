/**
 * How long a published version takes until eight edges serve it, and what requests feel of it: `deno run -A
 * test/edge/publish_bench.ts`. Centre, edges and clients share one process, over real HTTP; requests go on all the time.
 */
import { listeningCentre } from "../workers/edge_setting.ts";
import { decide, judge } from "./conformance.ts";
import { openEdges } from "./open_edges.ts";

const EDGES = 8, PUBLICATIONS = 200, JUDGEMENTS = 8, BETWEEN_MS = 40, THINK_MS = 20;

/** The share-th of all values, sorted. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function line(what: string, values: readonly number[]): string {
  const [p50, p99, most] = [quantile(values, 0.5), quantile(values, 0.99), Math.max(...values)];
  return `${what.padEnd(52)} p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms   longest ${most.toFixed(1)} ms`;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const folder = await Deno.makeTempDir();
await using listening = await listeningCentre();
const { centre, address } = listening;
const served: number[] = [];
let [wanted, began, missing] = [0, 0, EDGES];
let arrived = (): void => {};
const edges = await openEdges({
  count: EDGES,
  address,
  folder,
  onServed(_, version): void {
    if (version !== wanted || --missing > 0) return;
    served.push(performance.now() - began);
    arrived();
  },
});
await pause(200);

let over = false;
let failures = 0;
let requests: number[] = [];
const driving = edges.map(async (edge) => {
  const near = {
    fetch: async (path: string, init?: RequestInit) =>
      await edge.app.fetch(new Request(`http://edge.test${path}`, init)),
  };
  for (let n = 0; !over; n++) {
    try {
      const start = performance.now();
      const decision = await decide(near, `question ${n}`);
      const decided = performance.now();
      await judge(near, decision, true);
      requests.push(decided - start, performance.now() - decided);
    } catch {
      failures++;
    }
    await pause(THINK_MS);
  }
});

/** What requests took while `work` ran. */
async function during(work: () => Promise<void>): Promise<number[]> {
  requests = [];
  await work();
  return requests;
}

async function publishAll(how: "judgements" | "snapshot"): Promise<number[]> {
  served.length = 0;
  for (let n = 0; n < PUBLICATIONS; n++) {
    const all = new Promise<void>((resolve) => arrived = resolve);
    missing = EDGES;
    began = performance.now();
    wanted++;
    centre.publish(JUDGEMENTS, how);
    await all;
    await pause(BETWEEN_MS);
  }
  return [...served];
}

await during(() => pause(1000));
const quiet = await during(() => pause(PUBLICATIONS * BETWEEN_MS));
let byJudgements: number[] = [], bySnapshot: number[] = [];
const judgementsRequests = await during(async () => void (byJudgements = await publishAll("judgements")));
const snapshotRequests = await during(async () => void (bySnapshot = await publishAll("snapshot")));
over = true;
await Promise.all(driving);

const { hardwareConcurrency } = navigator;
console.log(
  `${EDGES} edges, ${PUBLICATIONS} publications each way, ${hardwareConcurrency} cores, Deno ${Deno.version.deno}`,
);
console.log(line("published → served by all, by judgements", byJudgements));
console.log(line("published → served by all, by snapshot", bySnapshot));
console.log(line("a request while nothing is published", quiet));
console.log(line("a request while versions come by judgements", judgementsRequests));
console.log(line("a request while versions come by snapshot", snapshotRequests));
console.log(`requests that failed: ${failures}`);
for (const edge of edges) await edge.drained();
for (const edge of edges) await edge[Symbol.asyncDispose]();
await Deno.remove(folder, { recursive: true });
