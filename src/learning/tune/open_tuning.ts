import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import {
  createTunableModel,
  isLanguageModel,
  loadCheckpoint,
  type PolicySnapshot,
  refuseAdapter,
  type TunableModel,
  withChatTemplate,
} from "../../policy/mod.ts";
import { planTuning, type TunePlan } from "./plan_tuning.ts";
import type { TuneConfiguration } from "./tune_configuration.ts";

/** A run that is ready to learn. */
export interface OpenTuning extends Disposable {
  readonly model: TunableModel;
  readonly plan: TunePlan;
}

/**
 * Loads the model of a run and plans what it learns.
 *
 * @param resumed What was kept of it.
 * @throws {EddyError} What the model's files, the data or the adapter's targets make impossible.
 */
export function openTuning(
  kernels: Kernels,
  configuration: TuneConfiguration,
  resumed?: PolicySnapshot,
): OpenTuning {
  const { model: path, chatTemplate, method, seed } = configuration;
  const base = loadCheckpoint(path, kernels);
  refuseAdapter(base, path);
  if (!isLanguageModel(base)) {
    throw new EddyError(
      "model_unsupported",
      `Cannot tune '${path}': it is no language model from elsewhere; 'eddy train' teaches agents of Eddy's own`,
    );
  }
  using parts = new DisposableStack();
  const model = parts.use(createTunableModel(kernels, withChatTemplate(base, chatTemplate), {
    seed,
    resumed,
    ...(method.kind === "lora" && {
      lora: { rank: method.rank, alpha: method.alpha, targetModules: method.targets, base: path },
    }),
  }));
  const plan = planTuning(kernels, configuration, model);
  const owned = parts.move();
  return { model, plan, [Symbol.dispose]: () => owned.dispose() };
}
