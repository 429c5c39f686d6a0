import { dirname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EddyError } from "../../errors.ts";
import type { Device, ModelWeights } from "../../policy/mod.ts";
import { resolveServiceConfiguration, type ServiceConfiguration } from "../../service/mod.ts";
import type { Host } from "../host.ts";

/** Where a configuration is looked for when none is named. */
export const CONFIGURATION_FILES = ["eddy.config.ts", "eddy.config.json"] as const;

/** Longest wait for an answer of a language model, which writes one token after the other. */
const SPEECH_MS = 600_000;

/** A configuration, and the folder that its paths begin in. */
export interface FoundConfiguration {
  readonly configuration: ServiceConfiguration;
  readonly folder: string;
  /** The file, or the checkpoint, as it was named. */
  readonly source: string;
}

/** What else is said of a checkpoint or a model that is served alone. */
export interface AloneOptions {
  /** Folder of its database; its own, or one beside a GGUF file, unless given. */
  readonly data?: string;
  /** File of the chat template of a language model that brings none or another. */
  readonly chatTemplate?: string;
  /** How the matrices of a language model are kept. */
  readonly weights?: ModelWeights;
  /** Whether a language model learns, by an adapter beside it. */
  readonly learn?: boolean;
  /** Where a language model computes. */
  readonly device?: Device;
  /** Adapters beside a language model, each `NAME=FOLDER`. */
  readonly adapters?: readonly string[];
}

/**
 * The configuration that `named` stands for: a file of one, a checkpoint (served alone, learning as it is judged), a
 * language model from elsewhere (served as it is, or learning by an adapter), or, with nothing named, the configuration file of the working directory.
 *
 * Paths inside a file begin in its folder.
 *
 * @param alone Of a checkpoint or a model that is served alone.
 *
 * @throws {EddyError} `configuration_invalid`, `data_missing` With how to make a configuration.
 */
export async function readServiceConfiguration(
  named: string | undefined,
  host: Host,
  alone: AloneOptions = {},
): Promise<FoundConfiguration> {
  const { data, chatTemplate, weights, device, learn = false, adapters = [] } = alone;
  const file = named ?? await firstThatExists(host);
  const path = resolve(host.workingDirectory, file);
  if (/\.(ts|js|mjs|json)$/.test(file)) {
    if (adapters.length > 0) throw saysItself("--adapter", file, "names its adapters itself, in 'policy.adapters'");
    if (weights !== undefined) {
      throw saysItself("--weights", file, "says how they are kept itself, in 'policy.weights'");
    }
    if (learn) throw saysItself("--learn", file, "says whether an agent learns itself, in 'mode'");
    if (device !== undefined) throw saysItself("--device", file, "says where it computes itself, in 'policy.device'");
    const folder = dirname(path);
    return {
      configuration: placed(resolveServiceConfiguration(await readInput(path, file, host)), folder),
      folder,
      source: file,
    };
  }
  const foreign = await isForeign(path, host);
  const folder = data === undefined
    ? path.replace(/\/+$/, "").replace(/\.gguf$/, ".gguf.eddy")
    : resolve(host.workingDirectory, data);
  const configuration = resolveServiceConfiguration({
    agents: {
      [agentName(file)]: {
        policy: {
          kind: "checkpoint",
          path,
          ...(chatTemplate !== undefined && { chatTemplate: resolve(host.workingDirectory, chatTemplate) }),
          ...(weights !== undefined && { weights }),
          ...(device !== undefined && { device }),
          ...(adapters.length > 0 && { adapters: adaptersOf(adapters, host) }),
        },
        ...(foreign && { mode: learn ? "learn" : "frozen" }),
      },
    },
    store: { kind: "sqlite", path: `${folder}/eddy.db` },
    ...(foreign && { http: { limits: { deadlineMs: SPEECH_MS } } }),
  });
  return { configuration, folder: host.workingDirectory, source: file };
}

function saysItself(flag: string, file: string, state: string): EddyError {
  return new EddyError("configuration_invalid", `Cannot use '${flag}' with '${file}': a configuration ${state}`);
}

/** Whether a path is of a model that Eddy did not train: it is served as it is. */
async function isForeign(path: string, host: Host): Promise<boolean> {
  if (path.endsWith(".gguf")) return true;
  const own = await Promise.all(
    ["latest", "eddy.json"].map((name) => host.readText(resolve(path, name)).catch(() => undefined)),
  );
  return own.every((text) => text === undefined);
}

async function firstThatExists(host: Host): Promise<string> {
  for (const name of CONFIGURATION_FILES) {
    if (await host.readText(resolve(host.workingDirectory, name)) !== undefined) return name;
  }
  throw new EddyError(
    "data_missing",
    `Cannot find a configuration: there is no ${CONFIGURATION_FILES.join(" or ")} here; ` +
      "'eddy init' writes one, and 'eddy demo' needs none",
  );
}

async function readInput(path: string, file: string, host: Host): Promise<unknown> {
  const text = await host.readText(path);
  if (text === undefined) throw new EddyError("data_missing", `Cannot read '${file}': there is no such file`);
  try {
    if (file.endsWith(".json")) return JSON.parse(text);
    const module = await import(pathToFileURL(path).href) as { readonly default?: unknown };
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    throw new EddyError("configuration_invalid", `Cannot read '${file}': ${(cause as Error).message}`, { cause });
  }
  throw new EddyError("configuration_invalid", `Cannot read '${file}': it has no default export`);
}

/** `support=runs/support` serves what is in the folder as `model:support`. */
function adaptersOf(written: readonly string[], host: Host): Record<string, string> {
  const adapters: Record<string, string> = {};
  for (const each of written) {
    const [, name, folder] = /^([^=]+)=(.+)$/.exec(each) ?? [];
    const wrong = name === undefined
      ? "expected NAME=FOLDER, as in support=runs/support"
      : Object.hasOwn(adapters, name)
      ? `'${name}' stands there twice`
      : undefined;
    if (wrong !== undefined) {
      throw new EddyError("configuration_invalid", `Cannot use '--adapter ${each}': ${wrong}`);
    }
    adapters[name] = resolve(host.workingDirectory, folder);
  }
  return adapters;
}

/** `runs/desk-1` serves an agent `desk-1`, `models/qwen.gguf` an agent `qwen`. */
function agentName(checkpoint: string): string {
  const last = checkpoint.replace(/\/+$/, "").split("/").at(-1)?.replace(/\.gguf$/, "") ?? "";
  return /^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/.test(last) ? last : "agent";
}

/** Files keep their meaning wherever the program is started. */
function placed(configuration: ServiceConfiguration, folder: string): ServiceConfiguration {
  const place = (path: string): string => path === ":memory:" || isAbsolute(path) ? path : resolve(folder, path);
  const { agents, store, edge } = configuration;
  return {
    ...configuration,
    store: store.kind === "sqlite" ? { ...store, path: place(store.path) } : store,
    edge: edge && { ...edge, outbox: place(edge.outbox) },
    agents: Object.fromEntries(
      Object.entries(agents).map(([name, agent]) => {
        if (agent.policy.kind !== "checkpoint") return [name, agent];
        const { path, environment, chatTemplate, adapters } = agent.policy;
        const world = environment !== undefined && /[./]/.test(environment)
          ? pathToFileURL(place(environment)).href
          : environment;
        return [name, {
          ...agent,
          policy: {
            ...agent.policy,
            path: place(path),
            environment: world,
            ...(chatTemplate !== undefined && { chatTemplate: place(chatTemplate) }),
            ...(adapters && {
              adapters: Object.fromEntries(Object.entries(adapters).map(([name, folder]) => [name, place(folder)])),
            }),
          },
        }];
      }),
    ),
  };
}
