import { parseJsonObject } from "./read_json_object.ts";

/** Its reader checks it anyway, and it is large. */
const CHECKED_ELSEWHERE = "tokenizer.json";

/**
 * Refuses texts of a model that are called JSON and are no JSON objects, before anything reads them.
 *
 * @param where What has them.
 * @throws {EddyError} `checkpoint_invalid` If one is none.
 */
export function checkJsonFiles(files: ReadonlyMap<string, string>, where: string): void {
  for (const [name, text] of files) {
    if (name.endsWith(".json") && name !== CHECKED_ELSEWHERE) parseJsonObject(text, `${where}/${name}`);
  }
}
