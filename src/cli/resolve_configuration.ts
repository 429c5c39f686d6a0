import { basename, resolve } from "node:path";
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
import { worldAddress } from "./world_address.ts";

/** Flags that are short for `--set PATH=VALUE`. */
const SHORTHANDS = {
  seed: "seed",
  workers: "workers",
  environment: "environment",
  reward: "reinforcement.reward",
  updates: "reinforcement.updates",
  out: "out",
  data: "environmentOptions.data",
} as const;

/** What may change while a run is stopped: its length, and what does not touch its weights. */
const CHANGEABLE: ReadonlySet<string> = new Set(["reinforcement.updates", "workers", "checkpointEvery"]);

/**
 * The configuration that a command line means: a preset or a resumed run's, then the flags, then each `--set`.
 *
 * @throws {EddyError} `configuration_invalid` or `checkpoint_missing`, naming what to write instead.
 */
export async function resolveConfiguration(call: Call, host: Host): Promise<TrainConfiguration> {
  const resume = call.text("resume");
  if (resume !== undefined) return await resumedConfiguration(resume, call, host);
  const resolved = overrideConfiguration(preset(call.text("preset") ?? "desk"), changesOf(call, host));
  return call.text("out") === undefined && !call.texts("set").some((written) => written.startsWith("out="))
    ? { ...resolved, out: `runs/${runName(resolved)}-${resolved.seed}` }
    : resolved;
}

/** A resumed run is the run that was stopped: only its length and what does not touch its weights may be told anew. */
async function resumedConfiguration(folder: string, call: Call, host: Host): Promise<TrainConfiguration> {
  const kept = { ...await readConfiguration(folder, host), out: folder };
  const wanted = call.text("preset");
  if (wanted !== undefined && wanted !== kept.preset) throw contradiction(folder, "preset", kept.preset, wanted);
  const changes = changesOf(call, host);
  const changed = overrideConfiguration(kept, changes);
  for (const [path] of changes) {
    const [before, after] = [valueAt(kept, path), valueAt(changed, path)];
    if (before !== after && !CHANGEABLE.has(path)) throw contradiction(folder, path, before, after);
  }
  return changed;
}

function contradiction(folder: string, path: string, kept: unknown, wanted: unknown): EddyError {
  return refuse(`Cannot resume '${folder}' with another '${path}': it is '${kept}' there, not '${wanted}'`);
}

/** What the flags say, as paths and values. */
function changesOf(call: Call, host: Host): (readonly [path: string, value: string])[] {
  const changes: [string, string][] = Object.entries(SHORTHANDS).flatMap(([flag, path]) => {
    const value = call.text(flag);
    return value === undefined ? [] : [[path, value]];
  });
  for (const written of call.texts("set")) {
    const at = written.indexOf("=");
    if (at < 1) throw refuse(`Cannot use '--set ${written}': expected PATH=VALUE, as in reinforcement.gamma=0.99`);
    changes.push([written.slice(0, at), written.slice(at + 1)]);
  }
  return changes.map(([path, value]) => [path, placed(path, value, host.workingDirectory)]);
}

/** Files keep their meaning wherever the run is taken up again. */
function placed(path: string, value: string, workingDirectory: string): string {
  if (path === "environment") return worldAddress(value, workingDirectory);
  return path === "environmentOptions.data" ? resolve(workingDirectory, value) : value;
}

function preset(name: string): TrainConfiguration {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  const known = Object.keys(PRESETS);
  throw refuse(`Cannot use preset '${name}': unknown; did you mean '${nearest(name, known)}'? (${known.join(", ")})`);
}

function runName({ preset, environment }: TrainConfiguration): string {
  return environment === PRESETS[preset as PresetName].environment
    ? preset
    : basename(environment).replace(/\.[^.]*$/, "");
}

/** A run keeps its configuration in its checkpoints; it is read with the same care as a command line. */
async function readConfiguration(folder: string, host: Host): Promise<TrainConfiguration> {
  const version = (await host.readText(`${folder}/latest`))?.trim();
  const text = version && await host.readText(`${folder}/${version}/eddy.json`);
  if (!text) throw new EddyError("checkpoint_missing", `Cannot resume '${folder}': it holds no checkpoint of a run`);
  try {
    const kept = (JSON.parse(text) as { readonly configuration: TrainConfiguration }).configuration;
    const base = preset(kept.preset);
    // Fields of the kept policy shape may differ from the preset's: each is checked under its own name.
    const shaped = { ...base, policy: kept.policy ?? base.policy };
    return overrideConfiguration(shaped, configurationPaths(kept).map((path) => [path, valueAt(kept, path)]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EddyError(
      "checkpoint_invalid",
      `Cannot resume '${folder}': the configuration in its checkpoint is broken: ${reason}`,
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
