import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EddyError } from "../../errors.ts";
import type { Host } from "../host.ts";
import { addressName, fetchModel, isAddress, isFileAddress } from "./fetch_model.ts";

/**
 * The path of a model on this machine. One behind an address is fetched into the cache once, and found there afterwards.
 *
 * @throws {EddyError} As `fetchModel`.
 */
export async function localModel(operand: string, host: Host): Promise<string> {
  if (!isAddress(operand)) return operand;
  const whole = cachePlace(operand, host);
  if (existsSync(whole)) return whole;
  const under = join(dirname(whole), `.${basename(whole)}`);
  mkdirSync(dirname(whole), { recursive: true });
  await fetchModel(operand, under, undefined, host);
  renameSync(under, whole);
  host.stderr.write(`kept in ${whole}; remove it to fetch it anew\n`);
  return whole;
}

/** Where a model behind an address is kept: under `EDDY_CACHE`, `XDG_CACHE_HOME/eddy` or `~/.cache/eddy`. */
export function cachePlace(url: string, host: Host): string {
  // The keys in an address may change, and a folder is named by any of its files: the model is the same.
  const place = url.replace(/[?#].*$/, "").replace(/[^/]+\.(json|safetensors)$/, "").replace(/\/+$/, "");
  const key = createHash("sha256").update(place).digest("hex").slice(0, 16);
  return join(cacheFolder(host), key, addressName(url) + (isFileAddress(url) ? ".gguf" : ""));
}

function cacheFolder(host: Host): string {
  const own = host.variable("EDDY_CACHE"), home = host.variable("HOME");
  if (own) return join(own, "models");
  const system = host.variable("XDG_CACHE_HOME") || (home && join(home, ".cache")) || host.variable("LOCALAPPDATA");
  if (system) return join(system, "eddy", "models");
  throw new EddyError("configuration_invalid", "Cannot keep a model that is fetched: set EDDY_CACHE to a folder");
}
