import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { EddyError } from "../../errors.ts";
import { loadCheckpoint, type PolicySnapshot, saveCheckpoint } from "../../policy/mod.ts";
import type { TuneConfiguration } from "./tune_configuration.ts";

/** What other programs load, of an adapter or a model. */
const FOREIGN = /^(adapter_.*|model.*|config|generation_config|tokenizer.*)\.(json|safetensors|model)$|\.jinja$/;

/**
 * Keeps a version of what was learned, and the files of it that PEFT and transformers load.
 *
 * ```text
 * out/adapter_config.json, adapter_model.safetensors    what PEFT loads; of a whole model, what transformers loads
 * out/latest, out/00000012-3f…/                         of an adapter: versions, which a service takes up as they come
 * out/resume/latest, …                                  of a whole model: the same, apart, so that `out` is a model's folder
 * ```
 *
 * @throws {EddyError} `disk_full` If there is no room; the last version is intact.
 */
export function keepTuned({ out, method }: TuneConfiguration, snapshot: PolicySnapshot): void {
  const folder = saveCheckpoint(versionsOf(out, method.kind), snapshot, { keep: method.kind === "lora" ? 2 : 0 });
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(folder).filter((name) => FOREIGN.test(name))) {
    copyFileSync(join(folder, name), join(out, `.${name}.new`));
    renameSync(join(out, `.${name}.new`), join(out, name));
  }
}

/** A run that was stopped. */
export interface KeptTuning {
  readonly configuration: TuneConfiguration;
  readonly snapshot: PolicySnapshot;
}

/**
 * The run kept in a folder, if there is one.
 *
 * @throws {EddyError} `checkpoint_invalid` If it is damaged, or something else.
 */
export function keptTuning(out: string): KeptTuning | undefined {
  const folder = ["full", "lora"].map((kind) => versionsOf(out, kind as "full" | "lora")).find((folder) =>
    existsSync(join(folder, "latest"))
  );
  if (folder === undefined) return undefined;
  const snapshot = loadCheckpoint(folder);
  const { tune } = JSON.parse(snapshot.files.get("eddy.json") ?? "{}") as { readonly tune?: TuneConfiguration };
  if (tune) return { configuration: { ...tune, out }, snapshot };
  throw new EddyError("checkpoint_invalid", `Cannot resume '${out}': it was not kept by 'eddy tune'`);
}

function versionsOf(out: string, kind: TuneConfiguration["method"]["kind"]): string {
  return kind === "full" ? join(out, "resume") : out;
}
