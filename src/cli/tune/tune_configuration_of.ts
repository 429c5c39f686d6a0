import { resolve } from "node:path";
import { EddyError } from "../../errors.ts";
import { TUNE_DEFAULTS, type TuneConfiguration } from "../../learning/mod.ts";
import type { Call } from "../command.ts";
import type { Host } from "../host.ts";
import { addressName, isAddress } from "../model/fetch_model.ts";
import { wholeNumber } from "../whole_number.ts";

/** Flags that a run which is taken up again may be given; all else is as it was. */
const WITH_RESUME = ["resume", "dry-run", "json"];

/** The configuration that a command line means; a model's address is not fetched yet. @throws {EddyError} `configuration_invalid` */
export function tuneConfigurationOf(call: Call, host: Host): TuneConfiguration {
  const [model, data, out] = [call.operand, call.text("data"), call.text("out")];
  if (model === undefined) throw refuse("it needs a model, as in 'deno task tune models/tiny --data chats.jsonl'");
  if (data === undefined) throw refuse("it needs conversations: '--data FILE.jsonl', one { messages } a line");
  const template = call.text("chat-template");
  const name = isAddress(model)
    ? addressName(model)
    : model.replace(/\/+$/, "").split("/").at(-1)!.replace(/\.gguf$/, "");
  const path = (text: string): string => resolve(host.workingDirectory, text);
  return {
    model: isAddress(model) ? model : path(model),
    ...weightsOf(call),
    ...(call.given("checkpoint-layers") && { checkpointLayers: true }),
    ...(template !== undefined && { chatTemplate: path(template) }),
    data: path(data),
    out: path(out ?? `runs/${name}-tuned`),
    method: methodOf(call),
    turns: oneOf(call, "turns", ["last", "all"]) ?? TUNE_DEFAULTS.turns,
    epochs: wholeNumber(call, "epochs", 1) ?? TUNE_DEFAULTS.epochs,
    batchTokens: wholeNumber(call, "batch-tokens", 1) ?? TUNE_DEFAULTS.batchTokens,
    skipLong: call.given("skip-long"),
    learningRate: number(call, "learning-rate", 10) ?? TUNE_DEFAULTS.learningRate,
    schedule: oneOf(call, "schedule", ["cosine", "linear", "constant"]) ?? TUNE_DEFAULTS.schedule,
    warmup: number(call, "warmup", 1) ?? TUNE_DEFAULTS.warmup,
    weightDecay: number(call, "weight-decay", 10) ?? TUNE_DEFAULTS.weightDecay,
    maxGradientNorm: TUNE_DEFAULTS.maxGradientNorm,
    heldOut: number(call, "held-out", 0.9) ?? TUNE_DEFAULTS.heldOut,
    today: host.date(),
    seed: wholeNumber(call, "seed", 0) ?? TUNE_DEFAULTS.seed,
  };
}

/** @throws {EddyError} `configuration_invalid` If a run that is taken up again is told to be another one. */
export function checkResume(call: Call): void {
  const other = call.words.find((word) => /^--/.test(word) && !WITH_RESUME.includes(word.slice(2).split("=")[0]));
  if (call.operand === undefined && other === undefined) return;
  throw refuse(`with '--resume' it goes on as it was; leave out '${other ?? call.operand}'`);
}

/** @throws {EddyError} `configuration_invalid` If all weights are to learn and are to be packed. */
function weightsOf(call: Call): Pick<TuneConfiguration, "weights"> {
  const weights = oneOf(call, "weights", ["f32", "q8", "e7", "e4"]);
  if (weights !== undefined && weights !== "f32" && call.given("full")) {
    throw refuse(`with '--full' all weights learn, and packed ones do not; leave out '--weights ${weights}'`);
  }
  return call.given("full") ? {} : { weights: weights ?? "packed" };
}

function methodOf(call: Call): TuneConfiguration["method"] {
  const { rank, alpha, targets } = TUNE_DEFAULTS.method;
  if (call.given("full")) {
    const lora = ["rank", "alpha", "targets"].find((flag) => call.text(flag) !== undefined);
    if (lora !== undefined) throw refuse(`'--full' has no adapter, so that '--${lora}' means nothing`);
    return { kind: "full" };
  }
  const chosen = wholeNumber(call, "rank", 1) ?? rank;
  const names = call.text("targets");
  return {
    kind: "lora",
    rank: chosen,
    alpha: number(call, "alpha", 1e6) ?? (chosen === rank ? alpha : 2 * chosen),
    targets: names === undefined || names === targets ? targets : names.split(",").map((name) => name.trim()),
  };
}

function oneOf<const Name extends string>(call: Call, flag: string, known: readonly Name[]): Name | undefined {
  const text = call.text(flag);
  const found = known.find((name) => name === text);
  if (text === undefined || found !== undefined) return found;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--${flag} ${text}': there is ${known.map((name) => `'${name}'`).join(", ")}`,
  );
}

function number(call: Call, flag: string, most: number): number | undefined {
  const text = call.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= most) return value;
  throw new EddyError("configuration_invalid", `Cannot use '--${flag} ${text}': expected a number from 0 to ${most}`);
}

function refuse(state: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot run 'tune': ${state}`);
}
