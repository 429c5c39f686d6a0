import { createRewardModel, type PolicySnapshot } from "../../src/policy/mod.ts";
import { loadKernels } from "../../src/kernels/mod.ts";
import { EDGE_KEY, type FakeCentre, fakeCentre } from "../edge/fake_centre.ts";
import { MODEL } from "../edge/open_edges.ts";

/** A centre with real models on a real port. */
export interface ListeningCentre extends AsyncDisposable {
  readonly centre: FakeCentre;
  readonly address: string;
}

/** Starts it. */
export async function listeningCentre(): Promise<ListeningCentre> {
  const kernels = await loadKernels();
  const centre = fakeCentre({
    snapshotOf(_, judgements): PolicySnapshot {
      using model = createRewardModel(kernels, MODEL);
      for (const judgement of judgements) model.learn(judgement);
      return model.snapshot();
    },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => centre.app.fetch(request),
  );
  return {
    centre,
    address: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      centre.cut();
      await server.shutdown();
    },
  };
}

/** The configuration of an edge of it, as JSON, and the rest of its environment. */
export function edgeVariables(address: string, outbox: string): Record<string, string> {
  const configuration = {
    agents: {
      desk: {
        policy: { kind: "reward-model", options: MODEL },
        candidates: ["a", "b"],
        metrics: { right: { type: "boolean" } },
      },
    },
    http: { port: 0 },
    edge: { centre: address, outbox },
  };
  return {
    EDDY_CONFIGURATION: JSON.stringify(configuration),
    EDDY_RECEIPT_SECRETS: "07".repeat(32),
    EDDY_CENTRE_KEY: EDGE_KEY,
  };
}
