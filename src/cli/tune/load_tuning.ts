import type { KeptTuning, OpenTuning, TuneConfiguration, TuneDependencies } from "../../learning/mod.ts";

/** What the command line needs of tuning; tests put their own in its place. */
export interface Tuning {
  /** The run kept in a folder. */
  kept(out: string): KeptTuning | undefined;
  /** Loads the model and plans what it learns. */
  open(configuration: TuneConfiguration, kept?: KeptTuning): OpenTuning;
  /** Learns; false when the signal stopped it, with everything kept. */
  tune(
    configuration: TuneConfiguration,
    open: OpenTuning,
    options: Omit<TuneDependencies, "kernels" | "save">,
  ): Promise<boolean>;
}

/** Loads kernels when they are needed: help and wrong flags answer at once. */
export async function loadTuning(): Promise<Tuning> {
  const { keepTuned, keptTuning, openTuning, tune } = await import("../../learning/mod.ts");
  const { loadKernels } = await import("../../kernels/mod.ts");
  const kernels = await loadKernels();
  return {
    kept: keptTuning,
    open: (configuration, kept) => openTuning(kernels, configuration, kept?.snapshot),
    tune: (configuration, { model, plan }, options) =>
      tune(configuration, model, plan, {
        ...options,
        kernels,
        save: (snapshot) => keepTuned(configuration, snapshot),
      }),
  };
}
