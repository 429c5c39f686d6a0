import { type ModelConfig, storedTensors } from "../../checkpoint/mod.ts";
import type { PolicySnapshot } from "../../policy.ts";
import type { ActingModel } from "../acting_model.ts";
import { MOMENTS } from "../model_weights.ts";
import { writeLoraConfig } from "./lora_config.ts";
import { adapterTensors, type LowRankAdapter } from "./low_rank_adapter.ts";

/** What a snapshot of an adapter is taken of. */
export interface AdapterSnapshotSource {
  readonly model: ActingModel;
  readonly config: ModelConfig;
  readonly adapter: LowRankAdapter;
  readonly version: number;
  /** What eddy.json tells. */
  readonly own: object;
}

/** An adapter by PEFT's names, its value head behind them. @param resume Adds what the optimiser remembers. */
export function adapterSnapshot(source: AdapterSnapshotSource, resume: boolean): PolicySnapshot {
  const { model, config, adapter, version } = source;
  const tensors = adapterTensors(adapter, model.readAdapter(adapter.id));
  if (resume) {
    tensors.set(MOMENTS, { shape: [2, adapter.parameterCount], values: model.readAdapterMoments(adapter.id) });
  }
  const transposed = storedTensors(config).some((stored) => stored.transposed);
  const own = { ...source.own, ...(resume ? { updates: model.adapterUpdates(adapter.id) } : {}) };
  const files = { "adapter_config.json": writeLoraConfig(adapter.config, transposed), "eddy.json": own };
  const texts = Object.entries(files).map(([name, json]) => [name, JSON.stringify(json, undefined, 2) + "\n"] as const);
  return { kind: "transformer", version, tensors, files: new Map(texts) };
}
