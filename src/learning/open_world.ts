import { EddyError } from "../errors.ts";
import { type World, WORLDS } from "../environment/mod.ts";
import { readScan } from "../dataset/mod.ts";
import type { TrainConfiguration } from "./configuration.ts";
import { scanWorld } from "./scan_world.ts";

/**
 * The world that a configuration names: one of Eddy's own, or the default export of the user's module.
 *
 * @throws {EddyError} `environment_invalid` If there is no such world, or the module does not export one.
 */
export async function openWorld(
  { environment, environmentOptions = {} }: Pick<TrainConfiguration, "environment"> & Partial<TrainConfiguration>,
): Promise<World> {
  if (environment === "scan") {
    const { data } = environmentOptions;
    return scanWorld(await readScan(typeof data === "string" ? data : "."));
  }
  if (environment in WORLDS) return WORLDS[environment];
  if (!/[./]/.test(environment)) {
    const names = Object.keys(WORLDS).join(", ");
    throw new EddyError(
      "environment_invalid",
      `Cannot open the world '${environment}': there are ${names}, or the path of a module of yours (./world.ts)`,
    );
  }
  let module: { readonly default?: World };
  try {
    module = await import(environment);
  } catch (cause) {
    const { message } = cause as Error;
    throw new EddyError("environment_invalid", `Cannot open the world '${environment}': ${message}`, { cause });
  }
  const world = module.default;
  if (typeof world?.create !== "function" || typeof world.name !== "string" || !(world.horizon > 0)) {
    throw new EddyError(
      "environment_invalid",
      `Cannot open the world '${environment}': its default export needs name, horizon and create()`,
    );
  }
  return world;
}
