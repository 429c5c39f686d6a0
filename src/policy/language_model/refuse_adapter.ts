import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";

/**
 * An adapter is no model by itself.
 *
 * @param path Where the snapshot is from.
 * @throws {EddyError} `model_unsupported` If it is one; the message names its base.
 */
export function refuseAdapter({ files }: Pick<PolicySnapshot, "files">, path: string): void {
  const text = files.get("adapter_config.json");
  if (text === undefined) return;
  const { base_model_name_or_path: base } = JSON.parse(text) as { readonly base_model_name_or_path?: unknown };
  const model = typeof base === "string" ? `its base '${base}'` : "its base";
  throw new EddyError(
    "model_unsupported",
    `Cannot use '${path}' by itself: it is an adapter; give ${model}, and the adapter as '--adapter'`,
  );
}
