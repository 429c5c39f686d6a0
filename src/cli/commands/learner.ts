import type { Command } from "../command.ts";
import { serveCommand } from "./serve.ts";

/** `eddy learner`: the centre of many edges. It is a service like any other, which edges hand what they acknowledge to. */
export const learnerCommand: Command = {
  ...serveCommand,
  name: "learner",
  summary: "The centre of many edges: keeps, learns, gates and publishes what they serve",
  operand: { name: "[CONFIGURATION]", meaning: "eddy.config.ts unless given; edges read the same" },
  examples: [
    [
      "deno run -A workers/learner.ts",
      "on this machine; 'deno run -A workers/edge.ts --centre http://127.0.0.1:8000 --port 8001' is an edge of it",
    ],
    [
      "EDDY_RECEIPT_SECRETS=… deno run -A workers/learner.ts --host 0.0.0.0",
      "for edges elsewhere: the same secret there; 'http.access' is \"keys\"",
    ],
    ["deno task keys create edge-1 --scopes decide,feedback,read", "a key for an edge: its EDDY_CENTRE_KEY"],
  ],
};
