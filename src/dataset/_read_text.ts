import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EddyError } from "../errors.ts";
import { gunzip } from "./_gunzip.ts";

/** A public file: how it may be called below the data folder, and what to tell who has not got it. */
export interface PublicFile {
  readonly name: string;
  readonly paths: readonly string[];
  readonly advice: string;
}

/**
 * Text of the first of the file's paths that is there, plain or with `.gz` behind.
 *
 * @throws {EddyError} `data_missing` If none is there; `data_invalid` If it cannot be unpacked.
 */
export async function readText(folder: string, { name, paths, advice }: PublicFile): Promise<string> {
  for (const path of paths.flatMap((path) => [path, `${path}.gz`])) {
    const bytes = await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new EddyError("data_missing", `Cannot read '${join(folder, path)}': ${error.message}`, { cause: error });
    });
    if (bytes) {
      return new TextDecoder().decode(path.endsWith(".gz") ? await gunzip(new Uint8Array(bytes), path) : bytes);
    }
  }
  throw new EddyError("data_missing", `Cannot read ${name}: '${folder}' has no ${paths[0]}. ${advice}`);
}
