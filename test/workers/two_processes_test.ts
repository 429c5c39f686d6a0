import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { EdgeStatus } from "../../src/edge/mod.ts";
import { verifyAcknowledged } from "../../src/cli/load/verify_acknowledged.ts";
import { openStore, resolveServiceConfiguration } from "../../src/service/mod.ts";
import { post, program, statusOf, teach } from "../cli/service/_program.ts";
import { type ServerProcess, startProcess } from "./start_process.ts";

const entry = (name: string): string => new URL(`../../workers/${name}.ts`, import.meta.url).href;

describe("workers/learner.ts and workers/edge.ts", () => {
  it("lose nothing that the edge acknowledged while each is killed in turn", async () => {
    await using own = await program();
    const startCentre = (port: string): Promise<ServerProcess> =>
      startProcess({ words: [entry("learner"), own.configuration, "--port", port], variables: {}, ending: "kill" });
    let centre = await startCentre("0");
    const { port } = new URL(centre.address);
    const startEdge = (): Promise<ServerProcess> =>
      startProcess({
        words: [entry("edge"), own.configuration, "--centre", `http://127.0.0.1:${port}`, "--port", "0"],
        variables: {},
        ending: "kill",
      });
    let edge = await startEdge();
    const acknowledged = new Map<string, boolean>();
    const teachEdge = async (count: number): Promise<void> => {
      for (const [id, value] of await teach(edge.address, count)) acknowledged.set(id, value);
    };
    const standing = async (): Promise<EdgeStatus> => await (await fetch(`${edge.address}/v1/edge/status`)).json();
    const versionAtEdge = async (): Promise<number> =>
      Number((await post(`${edge.address}/v1/decisions`, { text: "charged twice" })).policyVersion);
    try {
      await teachEdge(24);
      await until(async () => await versionAtEdge() > 0);

      await teachEdge(4);
      await edge.end();
      edge = await startEdge();
      ok(await versionAtEdge() > 0);
      await until(async () => (await standing()).centre.kept.router > 0);

      await centre.end();
      await teachEdge(6);
      const { outbox } = await standing();
      ok(outbox.pending >= 12, JSON.stringify(outbox));
      await edge.end();
      edge = await startEdge();
      ok(await versionAtEdge() > 0);
      await teachEdge(6);
      equal(await statusOf(`${edge.address}/v1/policies/router/publish`, { version: 0 }), 401);

      centre = await startCentre(port);
      await until(async () => (await standing()).outbox.pending === 0);
    } finally {
      await edge.end();
      await centre.end();
    }
    const configuration = resolveServiceConfiguration({
      ...JSON.parse(await Deno.readTextFile(own.configuration)),
      store: { kind: "sqlite", path: `${own.folder}/eddy.db` },
    });
    await using store = await openStore(configuration, {});
    const { acknowledged: count, lost, doubled } = await verifyAcknowledged(store, acknowledged);
    deepEqual({ count, lost, doubled }, { count: 40, lost: 0, doubled: 0 });
  });

  it("say in one sentence what an edge lacks", async () => {
    await using own = await program();
    const centre = "http://127.0.0.1:9";
    const policy = { kind: "checkpoint", path: "run" };
    await Deno.writeTextFile(`${own.folder}/checkpoint.json`, JSON.stringify({ agents: { desk: { policy } } }));
    const secrets = { EDDY_RECEIPT_SECRETS: "5a".repeat(32) };
    for (
      const [words, variables, message] of [
        [[], secrets, /say where the centre is, with --centre URL/],
        [["--centre", "centre.example"], secrets, /expected http:/],
        [["--centre", centre], {}, /set EDDY_RECEIPT_SECRETS to what the centre has/],
        [
          ["checkpoint.json", "--centre", centre],
          secrets,
          /'desk' is a checkpoint, which only the centre serves/,
        ],
      ] as const
    ) {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", entry("edge"), ...words],
        cwd: own.folder,
        env: { ...variables, NO_COLOR: "1" },
      }).output();
      const err = new TextDecoder().decode(stderr);
      equal(code, 2, err);
      match(err, /^error: [^\n]*\n$/);
      match(err, message);
    }
  });
});

/** Waits for what comes within seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("It did not come to hold");
}
