import { EddyError } from "../../errors.ts";
import { openStore } from "../../service/mod.ts";
import type { Command } from "../command.ts";
import { exportModel } from "../model/export_model.ts";
import { isModel } from "../model/import_model.ts";
import { readServiceConfiguration } from "../serving/read_service_configuration.ts";

/** `eddy export`: writes every episode as one line of JSON, or a model for other programs. */
export const exportCommand: Command = {
  name: "export",
  summary: "Write every episode, one JSON object a line; or, with --to, a language model for other programs",
  operand: {
    name: "[FILE] | MODEL",
    meaning: "episodes: where to write, standard output unless given; with --to: a model's folder or GGUF file",
  },
  flags: {
    configuration: { type: "string", value: "FILE", meaning: "episodes: of the service; eddy.config.ts unless given" },
    since: { type: "string", value: "DATE", meaning: "episodes: only those that began later: 2026-11-01" },
    to: {
      type: "string",
      value: "KIND",
      meaning: "model: safetensors (a Hugging Face folder), gguf, peft (an adapter)",
    },
    out: { type: "string", value: "PATH", meaning: "model: where to write" },
    dtype: {
      type: "string",
      value: "TYPE",
      meaning: "model: safetensors f32, f16, bf16; gguf also q8_0, q4_0; f32, in gguf f16, unless given",
    },
    adapter: { type: "string", value: "FOLDER", meaning: "model: a LoRA adapter that is merged into it" },
  },
  examples: [
    ["deno task export episodes.jsonl", "everything"],
    ["deno task export --since 2026-11-01 | head -1", "one recent episode"],
    ["deno task export runs/chat --to gguf --dtype q8_0 --out chat.gguf", "a checkpoint for other programs"],
    ["deno task export models/small --adapter runs/chat --to safetensors --out merged", "an adapter merged"],
  ],
  async run(call, host): Promise<number> {
    if (call.given("to")) return await exportModel(call, host);
    const meant = ["out", "dtype", "adapter"].find((flag) => call.given(flag));
    if (meant !== undefined) {
      const state = "it is of a model; say what to make of it, as in '--to safetensors'";
      throw new EddyError("configuration_invalid", `Cannot use '--${meant}': ${state}`);
    }
    if (isModel(call.operand)) {
      const state =
        `'${call.operand}' is a model or a folder; say what to make of it, as in '--to gguf --out small.gguf'`;
      throw new EddyError("configuration_invalid", `Cannot run 'export': ${state}`);
    }
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
