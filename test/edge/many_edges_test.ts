import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { edgeVariables, listeningCentre } from "../workers/edge_setting.ts";
import { startDenoEdge } from "../workers/process_setting.ts";
import { chance } from "./chance.ts";
import { decide, type EdgeUnderTest, judge, until } from "./conformance.ts";
import { openEdges } from "./open_edges.ts";

describe("many edges and one centre", () => {
  it("lose and double nothing that was acknowledged, however often edges are killed and answers lost", async () => {
    await using listening = await listeningCentre();
    const { centre, address } = listening;
    const random = chance(20);
    const folder = await Deno.makeTempDir();
    // One request in ten is refused, and the answer to one in ten is lost after its work was done.
    centre.away = () => random() < 0.1 ? new Response("busy", { status: 503 }) : undefined;
    centre.lose = () => random() < 0.1;

    const acknowledged = new Set<string>();
    let over = false;
    const drive = async (edge: Pick<EdgeUnderTest, "fetch">, mayFail: boolean): Promise<void> => {
      for (let n = 0; !over; n++) {
        try {
          const decision = await decide(edge, `question ${n}`);
          await judge(edge, decision, n % 2 === 0);
          acknowledged.add(decision.id);
        } catch (error) {
          if (!mayFail) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, random() * 8));
      }
    };

    const edges = await openEdges({ count: 8, address, folder });
    const near = edges.map((edge) => ({
      fetch: async (path: string, init?: RequestInit) =>
        await edge.app.fetch(new Request(`http://edge.test${path}`, init)),
    }));
    const start = () => startDenoEdge(folder, edgeVariables(address, `${folder}/outbox-far.db`));
    let far = await start();
    const driving = [
      ...near.map((edge) => drive(edge, false)),
      drive({ fetch: (path, init) => fetch(`${far.address}${path}`, init) }, true),
    ];
    for (let kill = 0; kill < 4; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 300));
      centre.publish(5, kill % 2 ? "snapshot" : "judgements");
      await far.end();
      far = await start();
    }
    over = true;
    await Promise.all(driving);
    centre.away = undefined;
    centre.lose = undefined;
    const newest = centre.publish(5);
    await Promise.all(edges.map((edge) => edge.drained()));
    await until(() => edges.every((edge) => edge.status().centre.versions.desk === newest));
    const status = async () => await (await fetch(`${far.address}/v1/edge/status`)).json();
    await until(async () => (await status()).outbox.pending === 0);
    await until(async () => (await status()).centre.versions.desk === newest);

    const judged = [...centre.feedback.values()].map(({ stepId }) => stepId!);
    equal(new Set(judged).size, judged.length, "no judgement is there twice");
    deepEqual([...acknowledged].filter((id) => !judged.includes(id)), [], "every acknowledged judgement is there");
    deepEqual(judged.filter((id) => !centre.steps.has(id)), [], "with its step");
    ok(judged.length - acknowledged.size <= 4, "and no other, but those whose answer died with a kill");
    ok(acknowledged.size > 100, `${acknowledged.size}`);
    deepEqual(edges.map((edge) => edge.status().outbox.setAside), edges.map(() => 0));
    ok(centre.duplicates > 0, "answers were lost, so some came twice");

    await far.end();
    for (const edge of edges) await edge[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });
});
