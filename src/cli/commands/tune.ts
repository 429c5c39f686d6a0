import { resolve } from "node:path";
import { EddyError } from "../../errors.ts";
import { TUNE_DEFAULTS, type TuneConfiguration } from "../../learning/mod.ts";
import type { Command, Flag } from "../command.ts";
import type { Host } from "../host.ts";
import type { Tuning } from "../tune/load_tuning.ts";
import { localModel } from "../model/local_model.ts";
import { checkResume, tuneConfigurationOf } from "../tune/tune_configuration_of.ts";
import { tuneLines } from "../tune/tune_lines.ts";

const { method, epochs, batchTokens, learningRate, warmup, heldOut } = TUNE_DEFAULTS;
const FLAGS = {
  data: {
    type: "string",
    value: "FILE",
    meaning: "conversations: one { messages, tools? } a line, as OpenAI has them",
  },
  out: { type: "string", value: "FOLDER", meaning: "where it goes; runs/MODEL-tuned unless given" },
  resume: { type: "string", value: "FOLDER", meaning: "go on with the run kept there" },
  rank: { type: "string", value: "N", meaning: `rank of the LoRA adapter; ${method.rank} unless given` },
  alpha: { type: "string", value: "X", meaning: "its products count alpha/rank; twice the rank unless given" },
  targets: {
    type: "string",
    value: "NAMES",
    meaning: "modules it stands beside: q_proj,v_proj; all-linear unless given",
  },
  weights: {
    type: "string",
    value: "FORMAT",
    meaning:
      "e4, e7 or q8: four to eight bits a weight beside the adapter; or f32; as 'eddy import' packed it, else q8",
  },
  "checkpoint-layers": {
    type: "boolean",
    meaning: "run f32 layers again on the way back: less memory, more time; others always do, and f32 above 1 GiB",
  },
  full: { type: "boolean", meaning: "all weights learn, not an adapter; writes a whole model" },
  turns: { type: "string", value: "WHICH", meaning: "learn the assistant's 'last' turn, or 'all' of them (default)" },
  epochs: { type: "string", value: "N", meaning: `times each conversation is learned; ${epochs} unless given` },
  "batch-tokens": { type: "string", value: "N", meaning: `most tokens of an update; ${batchTokens} unless given` },
  "skip-long": { type: "boolean", meaning: "leave out what is longer than the model reads, instead of refusing it" },
  "learning-rate": { type: "string", value: "X", meaning: `${learningRate} unless given` },
  schedule: { type: "string", value: "NAME", meaning: "how it falls: cosine (default), linear, constant" },
  warmup: { type: "string", value: "SHARE", meaning: `of the updates over which it rises; ${warmup} unless given` },
  "weight-decay": { type: "string", value: "X", meaning: "0 unless given" },
  "held-out": {
    type: "string",
    value: "SHARE",
    meaning: `of the conversations, only measured; ${heldOut} unless given`,
  },
  "chat-template": { type: "string", value: "FILE", meaning: "Jinja, for a model that brings no chat template" },
  seed: { type: "string", value: "N", meaning: "equal seeds, equal bytes" },
  "dry-run": { type: "boolean", meaning: "say what would be learned, how many tokens and how much memory, and stop" },
  json: { type: "boolean", meaning: "one JSON object a line" },
} satisfies Record<string, Flag>;

/** `eddy tune`: teaches a language model by conversations. @param load Gives what does it. */
export function tuneCommand(load: () => Promise<Tuning>): Command {
  return {
    name: "tune",
    summary: "Teach a language model by conversations; write a LoRA adapter",
    operand: { name: "[MODEL]", meaning: "a Hugging Face folder or a GGUF file, or its address; or --resume" },
    flags: FLAGS,
    examples: [
      ["deno task tune models/tiny --data chats.jsonl --out runs/support", "an adapter beside the model"],
      ["deno task tune models/tiny --data chats.jsonl --dry-run", "what would be learned, tokens and memory"],
      [
        "deno task tune models/tiny.gguf --data chats.jsonl --weights e4",
        "beside weights of four bits, in a seventh of the memory",
      ],
      ["deno task tune --resume runs/support", "go on after Ctrl-C; ends with the same bytes"],
      ["deno task tune models/tiny --data chats.jsonl --rank 16 --targets q_proj,v_proj", "another adapter"],
      ["deno task tune models/tiny --data chats.jsonl --full --learning-rate 2e-5", "all weights"],
      ["deno task serve models/tiny --adapter support=runs/support", "serve what was learned, as 'tiny:support'"],
    ],
    async run(call, host): Promise<number> {
      const resume = call.text("resume");
      if (resume !== undefined) checkResume(call);
      const asked = resume === undefined ? tuneConfigurationOf(call, host) : undefined;
      const wanted = asked && { ...asked, model: resolve(host.workingDirectory, await localModel(asked.model, host)) };
      const out = wanted?.out ?? resolve(host.workingDirectory, resume!);
      const tuning = await load();
      const kept = tuning.kept(out);
      if (wanted && kept && !call.given("dry-run")) {
        throw new EddyError(
          "configuration_invalid",
          `Cannot tune into '${out}': a run is kept there; go on with '--resume ${out}', or give another '--out'`,
        );
      }
      const configuration = wanted ?? kept?.configuration;
      if (!configuration) throw new EddyError("checkpoint_missing", `Cannot resume '${out}': no run is kept there`);
      using open = tuning.open(configuration, wanted ? undefined : kept);
      const json = call.given("json");
      const tell = json ? (event: object) => host.stdout.write(`${JSON.stringify(event)}\n`) : tuneLines(host);
      tell(open.plan.event);
      if (call.given("dry-run")) return 0;
      await untilInterrupt(
        configuration,
        host,
        (signal) => tuning.tune(configuration, open, { onEvent: tell, signal, now: () => host.now() }),
      );
      if (json) tell({ event: "done", out, updates: open.model.updates } as never);
      else host.stdout.write(`kept in ${out}; ${nextStep(configuration)}\n`);
      return 0;
    },
  };
}

/** Runs until it is done; the first Ctrl-C asks it to stop, the next is left to the system. */
async function untilInterrupt(
  { out }: TuneConfiguration,
  host: Host,
  run: (signal: AbortSignal) => Promise<boolean>,
): Promise<void> {
  const interruption = new AbortController();
  const ignore = host.onInterrupt(() => {
    ignore();
    host.stderr.write("\nStopping after this update; Ctrl-C again stops at once.\n");
    interruption.abort();
  });
  try {
    if (await run(interruption.signal)) return;
  } finally {
    ignore();
  }
  throw new EddyError("interrupted", `Cannot finish: interrupted; go on with 'deno task tune --resume ${out}'`);
}

function nextStep({ method, model, out }: TuneConfiguration): string {
  return method.kind === "full"
    ? `serve it: deno task serve ${out}`
    : `serve it: deno task serve ${model} --adapter tuned=${out}`;
}
