import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EddyError } from "../../../errors.ts";
import { encodeSafetensors, loadCheckpoint } from "../../checkpoint/mod.ts";
import { readLoraConfig } from "./lora_config.ts";

/**
 * Writes an adapter as a folder that PEFT loads: `adapter_config.json` as it is and `adapter_model.safetensors` in float32.
 * What is Eddy's own, the value head and the optimiser, stays behind. The folder is there whole or not at all.
 *
 * @param folder Of the adapter: PEFT's, or a run's or version's of Eddy.
 * @returns Length of the weights' file in bytes.
 * @throws {EddyError} As `loadCheckpoint` and `readLoraConfig`; `checkpoint_invalid` If it is no adapter;
 * `configuration_invalid` If there is something at `path` already.
 */
export function writeAdapterFolder(folder: string, path: string): number {
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new EddyError("configuration_invalid", `Cannot write '${path}': there is something; name a new folder`);
  }
  const { tensors, files } = loadCheckpoint(folder);
  const config = files.get("adapter_config.json");
  if (config === undefined) {
    const message = `Cannot write '${path}': '${folder}' has no adapter_config.json, it is no adapter`;
    throw new EddyError("checkpoint_invalid", message);
  }
  readLoraConfig(JSON.parse(config), join(folder, "adapter_config.json"));
  const own = new Map([...tensors].filter(([name]) => !/^(value_head|optimizer)\./.test(name)));
  const weights = encodeSafetensors(own, { format: "pt" });
  const partial = `${path}.part`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "adapter_config.json"), config);
  writeFileSync(join(partial, "adapter_model.safetensors"), weights);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  renameSync(partial, path);
  return weights.length;
}
