import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { versionFolder } from "./load_checkpoint.ts";

/** Length and time of the files of a model or adapter: an unfinished copy goes on only while they are the same. */
export function sourceStamp(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return stampOf(path);
  const folder = versionFolder(path);
  return readdirSync(folder).filter((name) => /\.(safetensors|json|jinja)$/.test(name)).sort()
    .map((name) => stampOf(join(folder, name))).join("\n");
}

function stampOf(path: string): string {
  const { size = 0, mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${path} ${size} ${mtimeMs}`;
}
