import { resolve } from "node:path";
import { sqliteOutboxStorage } from "../../edge/sqlite_outbox_storage.ts";
import type { Edge } from "../../edge/mod.ts";
import { EddyError } from "../../errors.ts";
import type { ServiceConfiguration } from "../../service/mod.ts";
import { servedNames } from "../../service/served_names.ts";
import type { Call, Command } from "../command.ts";
import type { Host } from "../host.ts";
import { clock } from "../progress/format.ts";
import { listen } from "../serving/listen.ts";
import { localMachine } from "../serving/local_machine.ts";
import { type EdgeMachine, openEdgeService } from "../serving/open_edge_service.ts";
import { type FoundConfiguration, readServiceConfiguration } from "../serving/read_service_configuration.ts";
import { receiptSecrets } from "../serving/receipt_secrets.ts";
import { withListening } from "../serving/with_listening.ts";

const OUTBOX = "outbox.db";
/** Time between two looks at where it stands. */
const REPORT_MS = 10_000;

/** `eddy edge`: serves what a centre publishes, and hands it what it acknowledged, at once or when it is back. */
export const edgeCommand: Command = {
  name: "edge",
  summary: "Serve what a centre publishes, near those who ask; goes on while the centre is away",
  operand: { name: "[CONFIGURATION]", meaning: "the centre's: eddy.config.ts unless given" },
  flags: {
    centre: { type: "string", value: "URL", meaning: "the centre; 'edge.centre' of the configuration unless given" },
    outbox: {
      type: "string",
      value: "FILE",
      meaning: `keeps what the centre does not have yet; 'edge.outbox' or ${OUTBOX} unless given`,
    },
    port: { type: "string", value: "N", meaning: "where to listen; 0 takes a free one" },
    host: { type: "string", value: "ADDRESS", meaning: "whom to listen to; 127.0.0.1 is this machine" },
    quiet: { type: "boolean", meaning: "say only where it listens" },
  },
  examples: [
    [
      "deno run -A workers/edge.ts --centre http://127.0.0.1:8000 --port 8001",
      "an edge of 'deno run -A workers/learner.ts' on the same machine",
    ],
    [
      "EDDY_RECEIPT_SECRETS=… EDDY_CENTRE_KEY=… deno run -A workers/edge.ts --centre https://centre.example",
      "elsewhere: the centre's secrets, and a key of it with the scopes decide, feedback and read",
    ],
    ["curl http://127.0.0.1:8001/v1/edge/status", "what waits for the centre, and how old the versions may be"],
  ],
  async run(call, host): Promise<number> {
    const found = await readServiceConfiguration(call.operand, host);
    const configuration = withEdge(found, call);
    const edge = await openEdgeService(configuration, {
      ...localMachine(await centreSecrets(configuration, host), host.machine.eddy),
      centreKey: host.variable("EDDY_CENTRE_KEY"),
      serveModels: await modelsOf(configuration),
    }, sqliteOutboxStorage(configuration.edge!.outbox));
    const stops: (() => void)[] = [];
    try {
      const listening = listen(edge.app, configuration.http);
      const names = [...servedNames(configuration).keys()].join(", ");
      host.stdout.write(
        `serving ${names} at ${listening.address}, an edge of ${configuration.edge!.centre}, until Ctrl-C\n`,
      );
      if (!call.given("quiet")) stops.push(reportStanding(edge, host));
      await new Promise<void>((resolve) => stops.push(host.onInterrupt(resolve)));
      stops.splice(0).forEach((stop) => stop());
      await listening.stop();
    } finally {
      stops.forEach((stop) => stop());
      await edge[Symbol.asyncDispose]();
    }
    return 0;
  },
};

/** What serves language models; read where there are some, as an edge without them starts sooner. */
async function modelsOf({ agents }: ServiceConfiguration): Promise<EdgeMachine["serveModels"]> {
  if (Object.values(agents).every(({ policy }) => policy.kind !== "checkpoint")) return undefined;
  return (await import("../serving/serve_at_edge.ts")).serveAtEdge;
}

function withEdge({ configuration, folder }: FoundConfiguration, call: Call): ServiceConfiguration {
  const centre = call.text("centre") ?? configuration.edge?.centre;
  if (centre === undefined) {
    throw new EddyError(
      "configuration_invalid",
      "Cannot open an edge: say where the centre is, with --centre URL or 'edge.centre' in the configuration",
    );
  }
  if (!/^https?:\/\/[^/]/.test(centre)) {
    throw new EddyError("configuration_invalid", `Cannot use '--centre ${centre}': expected http://… or https://…`);
  }
  const outbox = call.text("outbox") ?? configuration.edge?.outbox ?? resolve(folder, OUTBOX);
  return withListening({ ...configuration, edge: { centre, outbox } }, call);
}

/** An edge never makes a secret of its own: the centre could not verify what it signs. */
async function centreSecrets({ store }: ServiceConfiguration, host: Host): Promise<Uint8Array[]> {
  const path = store.kind === "sqlite" ? store.path : undefined;
  return await receiptSecrets(path, host, { make: false });
}

/** One line whenever the centre goes or comes back. */
function reportStanding(edge: Edge, host: Host): () => void {
  const began = host.now();
  let told: string | undefined;
  return host.every(REPORT_MS, () => {
    const { outbox: { pending, failures, lastError } } = edge.status();
    const standing = failures > 0 ? `the centre is away (${lastError}); serving on` : "the centre has everything";
    if (failures === 0 && pending > 0) return;
    if (standing !== told) host.stdout.write(`${clock((host.now() - began) / 1000)} ${standing}\n`);
    told = standing;
  });
}
