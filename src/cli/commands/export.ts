import { EddyError } from "../../errors.ts";
import { openStore } from "../../service/mod.ts";
import type { Command } from "../command.ts";
import { readServiceConfiguration } from "../serving/read_service_configuration.ts";

/** `eddy export`: writes every episode as one line of JSON. */
export const exportCommand: Command = {
  name: "export",
  summary: "Write every episode with its steps, judgements and rewards, one JSON object a line",
  operand: { name: "[FILE]", meaning: "where to write; standard output unless given" },
  flags: {
    configuration: { type: "string", value: "FILE", meaning: "of the service; eddy.config.ts unless given" },
    since: { type: "string", value: "DATE", meaning: "only episodes that began later: 2026-11-01" },
  },
  examples: [
    ["deno task export episodes.jsonl", "everything"],
    ["deno task export --since 2026-11-01 | head -1", "one recent episode"],
  ],
  async run(call, host): Promise<number> {
    const since = readDate(call.text("since"));
    const { configuration } = await readServiceConfiguration(call.text("configuration"), host);
    await using store = await openStore(configuration, { databaseUrl: host.variable("EDDY_DATABASE_URL") });
    const file = call.operand === undefined
      ? undefined
      : await Deno.open(`${call.operand}.new`, { write: true, create: true, truncate: true });
    const encoder = new TextEncoder();
    const writer = file?.writable.getWriter();
    let episodes = 0;
    for await (const episode of store.episodes.all(since)) {
      const line = `${JSON.stringify(episode)}\n`;
      if (writer) await writer.write(encoder.encode(line));
      else host.stdout.write(line);
      if (++episodes % 5000 === 0) host.stderr.write(`${episodes.toLocaleString("en-US")} episodes …\n`);
    }
    if (writer && call.operand !== undefined) {
      await writer.close();
      await Deno.rename(`${call.operand}.new`, call.operand);
    }
    host.stderr.write(
      `${episodes.toLocaleString("en-US")} episodes written${call.operand ? ` to ${call.operand}` : ""}.\n`,
    );
    return 0;
  },
};

function readDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new EddyError("configuration_invalid", `Cannot use '--since ${text}': expected a date, as in 2026-11-01`);
}
