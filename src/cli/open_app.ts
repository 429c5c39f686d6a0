import { EddyError } from "../errors.ts";
import { createOldApp, type OldApp } from "../http/old_create_app.ts";
import { loadKernels } from "../kernels/mod.ts";
import { loadRun, openPolicy, openWorld } from "../learning/mod.ts";

/**
 * The application that answers with a checkpoint's policy, under the tool calls of the world it learned in.
 *
 * @throws {EddyError} As `loadRun`; `configuration_invalid` If nothing says which world that was.
 */
export async function openApp(path: string): Promise<OldApp> {
  const { snapshot, configuration } = loadRun(path);
  if (!configuration) {
    throw new EddyError("configuration_invalid", `Cannot serve '${path}': it does not say which world it acts in`);
  }
  const world = await openWorld(configuration);
  const { policy, constraint } = openPolicy(await loadKernels(), world, snapshot);
  const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0];
  return createOldApp({ policy, constraint, environment: configuration.environment, randomSeed });
}
