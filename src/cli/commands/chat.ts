import { resolve } from "node:path";
import { EddyError } from "../../errors.ts";
import { converse } from "../chat/converse.ts";
import type { TalkerPlace, TalkerSurroundings } from "../chat/load_talker.ts";
import type { Talker } from "../chat/talker.ts";
import type { Call, Command } from "../command.ts";
import type { Host } from "../host.ts";
import { deviceOf } from "../device_of.ts";
import { localModel } from "../model/local_model.ts";
import { weightsOf } from "../weights_of.ts";
import { wholeNumber } from "../whole_number.ts";

/** Where the key of an endpoint is looked for. */
const KEYS = ["EDDY_API_KEY", "OPENAI_API_KEY"] as const;

/** `eddy chat`: talks with a language model. @param load Opens it. */
export function chatCommand(load: (place: TalkerPlace, surroundings: TalkerSurroundings) => Promise<Talker>): Command {
  return {
    name: "chat",
    summary: "Talk with a language model in the terminal",
    operand: { name: "[MODEL]", meaning: "a Hugging Face folder or a GGUF file, or its address; or --endpoint" },
    flags: {
      system: { type: "string", value: "TEXT", meaning: "what the model is told before anything else" },
      temperature: {
        type: "string",
        value: "T",
        meaning: "0 takes the most likely token; the model's own unless given",
      },
      "top-p": { type: "string", value: "P", meaning: "keeps the fewest tokens whose probabilities add up to this" },
      "top-k": { type: "string", value: "K", meaning: "keeps that many of the most likely tokens; 0 keeps all" },
      "min-p": { type: "string", value: "P", meaning: "keeps tokens at least this share as likely as the most likely" },
      "typical-p": { type: "string", value: "P", meaning: "keeps this mass of tokens of usual surprise" },
      "repetition-penalty": {
        type: "string",
        value: "R",
        meaning: "weakens tokens that were read or written; 1 does not",
      },
      "frequency-penalty": { type: "string", value: "F", meaning: "weakens a token each time that it is written" },
      "presence-penalty": { type: "string", value: "F", meaning: "weakens tokens that were written" },
      seed: { type: "string", value: "N", meaning: "equal seeds, equal answers; another each time unless given" },
      "max-tokens": { type: "string", value: "N", meaning: "longest answer" },
      "chat-template": { type: "string", value: "FILE", meaning: "Jinja, for a model that brings no chat template" },
      weights: {
        type: "string",
        value: "FORMAT",
        meaning: "e4, e7 or q8: four to eight bits a weight; or f32; as 'eddy import' packed it, else q8, unless given",
      },
      device: {
        type: "string",
        value: "DEVICE",
        meaning: "cpu, webgpu, or auto, which measures both; cpu unless given",
      },
      adapter: { type: "string", value: "FOLDER", meaning: "a LoRA adapter of 'eddy tune' or PEFT beside the model" },
      endpoint: {
        type: "string",
        value: "URL",
        meaning: `an OpenAI-compatible endpoint; its key from ${KEYS.join(" or ")}`,
      },
      model: { type: "string", value: "NAME", meaning: "which model of the endpoint" },
    },
    examples: [
      ["deno task chat models/qwen2.5-0.5b.gguf", "a model on this machine"],
      [
        "deno task chat https://example.org/small/",
        "one elsewhere: fetched once, kept under EDDY_CACHE or ~/.cache/eddy",
      ],
      ["deno task chat models/tiny --system 'Be brief.' --temperature 0", "always the same answers"],
      ["deno task chat models/tiny --adapter runs/support", "with what 'eddy tune' learned"],
      ["echo 'What is 2 + 2?' | deno task chat models/tiny", "one line, one answer"],
      ["deno task chat --endpoint http://127.0.0.1:8000/v1 --model support", "a model that is served"],
    ],
    async run(call, host): Promise<number> {
      const place = await fetchedPlace(placeOf(call, host), host);
      const options = {
        system: call.text("system"),
        temperature: number(call, "temperature", 100),
        topP: number(call, "top-p", 1),
        topK: wholeNumber(call, "top-k", 0),
        minP: number(call, "min-p", 1),
        typical: number(call, "typical-p", 1),
        repetitionPenalty: number(call, "repetition-penalty", 100, 0.01),
        frequencyPenalty: number(call, "frequency-penalty", 2, -2),
        presencePenalty: number(call, "presence-penalty", 2, -2),
        seed: wholeNumber(call, "seed", 0) ?? crypto.getRandomValues(new Uint32Array(1))[0],
        maximumTokens: wholeNumber(call, "max-tokens", 1),
      };
      using talker = await load(place, {
        now: () => new Date(host.date()),
        milliseconds: () => host.now(),
        note: (line) => host.stderr.write(`${line}\n`),
      });
      return await converse(talker, options, host);
    },
  };
}

/** With a model behind an address on this machine. */
async function fetchedPlace(place: TalkerPlace, host: Host): Promise<TalkerPlace> {
  return "path" in place
    ? { ...place, path: resolve(host.workingDirectory, await localModel(place.path, host)) }
    : place;
}

function placeOf(call: Call, host: Host): TalkerPlace {
  const [endpoint, model] = [call.text("endpoint"), call.text("model")];
  if (endpoint !== undefined) {
    if (call.operand !== undefined) throw refuse(`it has a model here, '${call.operand}', and an endpoint; give one`);
    if (call.text("adapter") !== undefined) throw refuse("'--adapter' stands beside a model on this machine");
    if (model === undefined) throw refuse("an endpoint needs '--model NAME'; its 'GET /models' lists them");
    return { endpoint, model, key: KEYS.map((name) => host.variable(name)).find((key) => key) };
  }
  if (call.operand === undefined) {
    throw refuse("it needs a model, as in 'deno task chat models/tiny', or '--endpoint URL'");
  }
  if (model !== undefined) throw refuse("'--model' is the name of an endpoint's model; give '--endpoint URL' as well");
  const [template, adapter] = [call.text("chat-template"), call.text("adapter")];
  const [weights, device] = [weightsOf(call), deviceOf(call)];
  return {
    path: call.operand,
    ...(adapter !== undefined && { adapter: resolve(host.workingDirectory, adapter) }),
    ...(weights !== undefined && { weights }),
    ...(device !== undefined && { device }),
    ...(template !== undefined && { chatTemplate: resolve(host.workingDirectory, template) }),
  };
}

function number(call: Call, flag: string, most: number, least = 0): number | undefined {
  const text = call.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--${flag} ${text}': expected a number from ${least} to ${most}`,
  );
}

function refuse(state: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot run 'chat': ${state}`);
}
