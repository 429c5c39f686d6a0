import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import {
  createTunableModel,
  isLanguageModel,
  loadCheckpoint,
  type LoadedPackedTransformer,
  loadPackedTransformer,
  openModelSource,
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
  const { model: path, chatTemplate, checkpointLayers, method, seed } = configuration;
  using parts = new DisposableStack();
  const packed = openPacked(kernels, configuration);
  if (packed) parts.adopt(packed.model, (model) => model.free());
  const base: PolicySnapshot = packed
    ? { kind: "transformer", version: 0, tensors: new Map(), files: packed.files }
    : loadCheckpoint(path, kernels);
  refuseAdapter(base, path);
  if (!isLanguageModel(base)) {
    throw new EddyError(
      "model_unsupported",
      `Cannot tune '${path}': it is no language model from elsewhere; 'eddy train' teaches agents of Eddy's own`,
    );
  }
  const written = withChatTemplate(base, chatTemplate);
  parts.move();
  using made = new DisposableStack();
  const model = made.use(createTunableModel(kernels, written, {
    seed,
    resumed,
    packed: packed?.model,
    checkpointLayers,
    ...(method.kind === "lora" && {
      lora: { rank: method.rank, alpha: method.alpha, targetModules: method.targets, base: path },
    }),
  }));
  const plan = planTuning(kernels, configuration, model);
  const owned = made.move();
  return { model, plan, [Symbol.dispose]: () => owned.dispose() };
}

/** The model with packed weights, where they are asked for; undefined: float32. */
function openPacked(
  kernels: Kernels,
  { model: path, weights, method }: TuneConfiguration,
): LoadedPackedTransformer | undefined {
  if (weights === undefined || weights === "f32" || method.kind === "full") return undefined;
  if (weights !== "packed") return loadPackedTransformer(kernels, path, { format: weights });
  return loadPackedTransformer(kernels, path, isPackedFile(kernels, path) ? {} : { format: "q8" });
}

/** Whether a file holds weights as `eddy import` packs them. */
function isPackedFile(kernels: Kernels, path: string): boolean {
  using source = openModelSource(kernels, path);
  return source.packed !== undefined;
}
