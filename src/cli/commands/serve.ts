import { EddyError } from "../../errors.ts";
import type { Command } from "../command.ts";

/** `eddy serve`: answers decisions of a checkpoint over HTTP until Ctrl-C. */
export const serveCommand: Command = {
  name: "serve",
  summary: "Answer decisions of a checkpoint over HTTP",
  operand: { name: "CHECKPOINT", meaning: "a checkpoint's folder, or the folder of a run" },
  flags: {
    port: { type: "string", value: "N", meaning: "where to listen; 0 takes a free one; 8000 unless given" },
    host: { type: "string", value: "ADDRESS", meaning: "whom to listen to; 127.0.0.1, this machine, unless given" },
  },
  examples: [
    ["deno task serve runs/desk-1", "the last checkpoint of a run"],
    [
      `curl -d '{"turns":[{"role":"user","text":"close ticket T69"}]}' http://127.0.0.1:8000/v1/decisions`,
      "asks it",
    ],
  ],
  async run(call, host): Promise<number> {
    if (call.operand === undefined) {
      throw new EddyError(
        "configuration_invalid",
        "Cannot run 'serve': it needs a checkpoint, as in 'deno task serve runs/desk-1'",
      );
    }
    const port = Number(call.text("port") ?? 8000);
    if (!Number.isSafeInteger(port) || port < 0 || port > 65535) {
      throw new EddyError("configuration_invalid", `Cannot use '--port ${call.text("port")}': expected 0 to 65535`);
    }
    const { openApp } = await import("../open_app.ts");
    const app = await openApp(call.operand);
    const hostname = call.text("host") ?? "127.0.0.1";
    const server = Deno.serve({
      port,
      hostname,
      onListen: (address) =>
        host.stdout.write(`serving ${call.operand} at http://${address.hostname}:${address.port}, until Ctrl-C\n`),
    }, (request) => app.fetch(request));
    const stop = host.onInterrupt(() => void server.shutdown());
    await server.finished;
    stop();
    return 0;
  },
};
