import { basename } from "node:path";
import { EddyError } from "../errors.ts";
import {
  configurationPaths,
  overrideConfiguration,
  type PresetName,
  PRESETS,
  type TrainConfiguration,
} from "../learning/mod.ts";
import { nearest } from "../nearest.ts";
import type { Call } from "./command.ts";
import type { Host } from "./host.ts";

/** Flags that are short for `--set PATH=VALUE`. */
const SHORTHANDS = {
  seed: "seed",
  workers: "workers",
  environment: "environment",
  reward: "reinforcement.reward",
  updates: "reinforcement.updates",
  out: "out",
} as const;

/**
 * The configuration that a command line means: a preset or a resumed run's, then the flags, then each `--set`.
 *
 * @throws {EddyError} `configuration_invalid` or `checkpoint_missing`, naming what to write instead.
 */
export async function resolveConfiguration(call: Call, host: Host): Promise<TrainConfiguration> {
  const resume = call.text("resume");
  const base = resume ? await readConfiguration(resume, host) : preset(call.text("preset") ?? "desk");
  const changes: [string, string][] = Object.entries(SHORTHANDS).flatMap(([flag, path]) => {
    const value = call.text(flag);
    return value === undefined ? [] : [[path, value]];
  });
  for (const written of call.texts("set")) {
    const at = written.indexOf("=");
    if (at < 1) throw refuse(`Cannot use '--set ${written}': expected PATH=VALUE, as in reinforcement.gamma=0.99`);
    changes.push([written.slice(0, at), written.slice(at + 1)]);
  }
  const resolved = overrideConfiguration(base, changes);
  if (changes.some(([path]) => path === "out")) return resolved;
  return { ...resolved, out: resume ?? `runs/${runName(resolved)}-${resolved.seed}` };
}

function preset(name: string): TrainConfiguration {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  const known = Object.keys(PRESETS);
  throw refuse(`Cannot use preset '${name}': unknown; did you mean '${nearest(name, known)}'? (${known.join(", ")})`);
}

function runName({ preset, environment }: TrainConfiguration): string {
  return environment === PRESETS[preset].environment ? preset : basename(environment).replace(/\.[^.]*$/, "");
}

/** A run keeps its configuration beside its checkpoints; it is read with the same care as a command line. */
async function readConfiguration(folder: string, host: Host): Promise<TrainConfiguration> {
  const text = await host.readText(`${folder}/configuration.json`);
  if (text === undefined) {
    throw new EddyError("checkpoint_missing", `Cannot resume '${folder}': it holds no configuration.json`);
  }
  try {
    const kept = JSON.parse(text) as TrainConfiguration;
    const base = preset(kept.preset);
    // Fields of the kept policy shape may differ from the preset's: each is checked under its own name.
    const shaped = { ...base, policy: kept.policy ?? base.policy };
    return overrideConfiguration(shaped, configurationPaths(kept).map((path) => [path, valueAt(kept, path)]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot resume '${folder}': its configuration.json is broken: ${reason}`,
      {
        cause,
      },
    );
  }
}

function valueAt(place: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], place);
}

function refuse(message: string): EddyError {
  return new EddyError("configuration_invalid", message);
}
