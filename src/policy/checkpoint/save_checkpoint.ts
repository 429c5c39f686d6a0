import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";
import { contentHash } from "./content_hash.ts";
import { encodeSafetensors } from "./safetensors.ts";

/** How to write. */
export interface SaveCheckpointOptions {
  /** Versions that stay beside the new one; older ones are removed. Default 2. */
  readonly keep?: number;
  /** Puts one file on the disk for good; tests replace it to fill the disk. */
  readonly writeFile?: (path: string, bytes: Uint8Array) => void;
}

/** Tensors that are Eddy's own: everything else is the model that other tools load. */
const OWN_TENSORS = /^(value_head|optimizer)\./;

/** What a version folder is called: the policy's version, for people, and the hash of the content. */
export const VERSION_FOLDER = /^[0-9]{8}-[0-9a-f]{16}$/;

/**
 * Writes a snapshot as a new version under a run's folder and points `latest` at it.
 *
 * ```text
 * run/latest                                 name of the newest version
 * run/00000012-3f…/config.json, tokenizer.json, model.safetensors …    what Hugging Face loads; of an adapter
 *                  adapter_config.json, adapter_model.safetensors      what PEFT loads
 *                  eddy.safetensors          value head; optimiser state with `resume`
 *                  eddy.json                 kind, policy version, hash of every file
 * ```
 *
 * A version is written into a hidden folder, synced, and renamed: a reader finds the old version or the new one, never
 * half of one, and whatever stops the writer leaves the last good one in place. One writer a run.
 *
 * @returns The folder of the version.
 * @throws {EddyError} `disk_full` If there is no room; nothing of the new version stays.
 */
export function saveCheckpoint(
  runFolder: string,
  snapshot: PolicySnapshot,
  options: SaveCheckpointOptions = {},
): string {
  const { keep = 2, writeFile = writeAndSync } = options;
  const files = checkpointFiles(snapshot);
  const hash = contentHash(files.get("eddy.json")!).slice("sha256:".length, "sha256:".length + 16);
  const name = `${String(snapshot.version).padStart(8, "0")}-${hash}`;
  const folder = join(runFolder, name);
  const partial = join(runFolder, ".partial");
  try {
    mkdirSync(runFolder, { recursive: true });
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial);
    if (!existsSync(folder)) {
      for (const [file, bytes] of files) writeFile(join(partial, file), bytes);
      syncFolder(partial);
      renameSync(partial, folder);
      mkdirSync(partial);
    }
    writeFile(join(partial, "latest"), new TextEncoder().encode(name + "\n"));
    renameSync(join(partial, "latest"), join(runFolder, "latest"));
    syncFolder(runFolder);
    rmSync(partial, { recursive: true });
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    throw fullDisk(cause, runFolder) ?? cause;
  }
  removeOldest(runFolder, name, keep);
  return folder;
}

function checkpointFiles(snapshot: PolicySnapshot): Map<string, Uint8Array> {
  const tensors = [...snapshot.tensors];
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  for (const [name, text] of snapshot.files) files.set(name, encoder.encode(text));
  const model = new Map(tensors.filter(([name]) => !OWN_TENSORS.test(name)));
  const own = new Map(tensors.filter(([name]) => OWN_TENSORS.test(name)));
  files.delete("eddy.json");
  const weights = snapshot.files.has("adapter_config.json") ? "adapter_model.safetensors" : "model.safetensors";
  files.set(weights, encodeSafetensors(model, { format: "pt" }));
  if (own.size > 0) files.set("eddy.safetensors", encodeSafetensors(own));
  const description = {
    format: "eddy-checkpoint/1",
    kind: snapshot.kind,
    policyVersion: snapshot.version,
    hashes: Object.fromEntries([...files].map(([name, bytes]) => [name, contentHash(bytes)])),
    ...JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as object,
  };
  return files.set("eddy.json", encoder.encode(JSON.stringify(description, undefined, 2) + "\n"));
}

function removeOldest(runFolder: string, newest: string, keep: number): void {
  const others = readdirSync(runFolder).filter((name) => VERSION_FOLDER.test(name) && name !== newest).sort();
  for (const name of others.slice(0, Math.max(0, others.length - keep))) {
    rmSync(join(runFolder, name), { recursive: true });
  }
}

function writeAndSync(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return; // Windows opens no folders; a rename is durable there without.
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function fullDisk(cause: unknown, folder: string): EddyError | undefined {
  const { code = "", message = "" } = cause as { code?: string; message?: string };
  if (!["ENOSPC", "EDQUOT"].includes(code) && !/no space left|os error 28|os error 122/i.test(message)) {
    return undefined;
  }
  return new EddyError(
    "disk_full",
    `Cannot save a checkpoint in '${folder}': the disk is full; free some space, the last checkpoint is intact`,
    { cause },
  );
}
