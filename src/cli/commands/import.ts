import { EddyError } from "../../errors.ts";
import { openStore } from "../../service/mod.ts";
import type { KeptEpisode } from "../../store/mod.ts";
import type { Command } from "../command.ts";
import { importModel, isModel } from "../model/import_model.ts";
import { readServiceConfiguration } from "../serving/read_service_configuration.ts";

/** `eddy import`: puts exported episodes into a service's database, or packs a model into one file. */
export const importCommand: Command = {
  name: "import",
  summary: "Put exported episodes into a service's database; or pack a language model into one file",
  operand: {
    name: "EPISODES | MODEL",
    meaning:
      "episodes: what 'eddy export' wrote; a model: a Hugging Face folder, a .gguf file, or the http(s) address of one",
  },
  flags: {
    configuration: { type: "string", value: "FILE", meaning: "episodes: of the service; eddy.config.ts unless given" },
    weights: { type: "string", value: "FORMAT", meaning: "model: its layers, in e4, e7 or q8; q8 unless given" },
    head: { type: "string", value: "FORMAT", meaning: "model: embedding and head, likewise" },
    out: { type: "string", value: "FILE", meaning: "model: the packed file; its name and weights unless given" },
    adapter: { type: "string", value: "FOLDER", meaning: "model: a LoRA adapter that is merged into it" },
    sha256: {
      type: "string",
      value: "DIGITS",
      meaning: "model: of the file; of a folder elsewhere, that of its SHA256SUMS or else its model.safetensors",
    },
  },
  examples: [
    ["deno task import episodes.jsonl", "the agents of eddy.config.ts learn from them at the next start"],
    ["deno task import models/small --weights e4 --out small.gguf", "its layers in four bits a weight"],
    ["deno task import https://example.org/small-f16.gguf --sha256 9f86…", "goes on where it was stopped"],
    ["deno task import https://example.org/small/ --weights e4", "a folder: config.json, tokenizer.json, safetensors"],
  ],
  async run(call, host): Promise<number> {
    if (call.operand === undefined) {
      throw new EddyError(
        "configuration_invalid",
        "Cannot run 'import': it needs a file, as in 'eddy import episodes.jsonl'",
      );
    }
    if (isModel(call.operand)) return await importModel(call, host, call.operand);
    const meant = ["weights", "head", "out", "adapter", "sha256"].find((flag) => call.given(flag));
    if (meant !== undefined) {
      const state = `'${call.operand}' is no model folder, no .gguf file and no address, so it would be episodes`;
      throw new EddyError("configuration_invalid", `Cannot use '--${meant}': ${state}`);
    }
    const { configuration } = await readServiceConfiguration(call.text("configuration"), host);
    await using store = await openStore(configuration, { databaseUrl: host.variable("EDDY_DATABASE_URL") });
    const file = await Deno.open(call.operand).catch((cause) => {
      throw new EddyError("data_missing", `Cannot read '${call.operand}': there is no such file`, { cause });
    });
    const restored = await store.episodes.restore(readEpisodes(file.readable, call.operand));
    host.stdout.write(`${restored.toLocaleString("en-US")} new episodes.\n`);
    return 0;
  },
};

async function* readEpisodes(bytes: ReadableStream<Uint8Array<ArrayBuffer>>, name: string): AsyncIterable<KeptEpisode> {
  let rest = "";
  let line = 0;
  for await (const text of bytes.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const whole of lines) yield readEpisode(whole, name, ++line);
  }
  if (rest.trim() !== "") yield readEpisode(rest, name, ++line);
}

function readEpisode(text: string, name: string, line: number): KeptEpisode {
  const refuse = (state: string, cause?: unknown): EddyError =>
    new EddyError("data_invalid", `Cannot import '${name}': line ${line} ${state}`, { cause });
  let episode: Partial<KeptEpisode>;
  try {
    episode = JSON.parse(text);
  } catch (cause) {
    throw refuse("is not JSON", cause);
  }
  const { id, agent, steps, feedback, rewards } = episode ?? {};
  if (typeof id !== "string" || typeof agent !== "string") throw refuse("is no episode: 'id' or 'agent' is missing");
  for (const [part, list] of Object.entries({ steps, feedback, rewards })) {
    if (!Array.isArray(list)) throw refuse(`is no episode: '${part}' is missing`);
  }
  return episode as KeptEpisode;
}
