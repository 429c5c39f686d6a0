import { describe } from "@std/testing/bdd";
import { edgeConformance } from "../edge/conformance.ts";
import { startEdge } from "./start_edge.ts";
import { edgeVariables, listeningCentre } from "./edge_setting.ts";

describe("workers/edge.ts in Deno", () => {
  edgeConformance(async () => {
    const { centre, address, ...listening } = await listeningCentre();
    const folder = await Deno.makeTempDir();
    const start = () => startEdge(folder, edgeVariables(address, `${folder}/outbox.db`));
    let process = await start();
    return {
      centre,
      edge: {
        fetch: (path, init) => fetch(`${process.address}${path}`, init),
        async restart() {
          await process.kill();
          process = await start();
        },
        [Symbol.asyncDispose]: () => process.kill(),
      },
      async [Symbol.asyncDispose]() {
        await process.kill();
        await listening[Symbol.asyncDispose]();
        await Deno.remove(folder, { recursive: true });
      },
    };
  });
});
