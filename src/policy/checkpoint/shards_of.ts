import { EddyError } from "../../errors.ts";
import type { JsonObject } from "./config_reader.ts";

/**
 * Tensor to file, as a `model.safetensors.index.json` says it.
 *
 * @param where Names the file in messages.
 * @throws {EddyError} `checkpoint_invalid` If it does not, or names a file outside its folder.
 */
export function shardsOf({ weight_map: map }: JsonObject, where: string): Map<string, string> {
  const fail = (reason: string): never => {
    throw new EddyError("checkpoint_invalid", `Cannot read '${where}': ${reason}`);
  };
  if (typeof map !== "object" || map === null || Array.isArray(map)) return fail("it has no 'weight_map'");
  return new Map(
    Object.entries(map).map(([tensor, name]: [string, unknown]) => {
      if (typeof name !== "string" || !/^[^/\\:\0]+$/.test(name) || name === "." || name === "..") {
        return fail(`'${tensor}' should lie in ${JSON.stringify(name)}, which is not a file of this folder`);
      }
      return [tensor, name];
    }),
  );
}
