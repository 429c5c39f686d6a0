import { EddyError } from "../../errors.ts";
import type { PolicySnapshot } from "../policy.ts";
import type { RewardModelOptions } from "./reward_model.ts";

/** A tensor of a snapshot. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a snapshot holds, read. */
export interface SnapshotParts {
  readonly options: RewardModelOptions;
  readonly learned: number;
  readonly tensors: PolicySnapshot["tensors"];
}

/** Tensors, with the options in eddy.json; its version is the number of judgements. */
export function snapshotOf(
  options: RewardModelOptions,
  learned: number,
  tensors: Readonly<Record<string, Tensor>>,
): PolicySnapshot {
  const eddy = { kind: "reward-model", version: learned, options };
  const files = new Map([["eddy.json", JSON.stringify(eddy, null, 2) + "\n"]]);
  return { kind: "reward-model", version: learned, tensors: new Map(Object.entries(tensors)), files };
}

/** @throws {EddyError} `checkpoint_invalid` If it is no snapshot of a reward model. */
export function partsOf(snapshot: PolicySnapshot): SnapshotParts {
  if (snapshot.kind !== "reward-model") throw invalid(`the snapshot is of a ${snapshot.kind} policy`);
  if (!Number.isSafeInteger(snapshot.version) || snapshot.version < 0) throw invalid("the version is no count");
  try {
    const { options } = JSON.parse(snapshot.files.get("eddy.json") ?? "");
    if (isOptions(options)) return { options, learned: snapshot.version, tensors: snapshot.tensors };
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", "Cannot restore: eddy.json is missing or not JSON", { cause });
  }
  throw invalid("eddy.json names no reward model in its 'options'");
}

/** Values of a tensor. @throws {EddyError} `checkpoint_invalid` If it is missing, or not of that length. */
export function tensorOf({ tensors }: SnapshotParts, name: string, length?: number): Float32Array {
  const values = tensors.get(name)?.values;
  if (!values) throw invalid(`tensor '${name}' is missing`);
  if (length !== undefined && values.length !== length) {
    throw invalid(`tensor '${name}' has ${values.length} numbers, expected ${length}`);
  }
  if (!areFinite(values)) throw invalid(`tensor '${name}' has numbers that are not finite`);
  return values;
}

/** A plain loop: a snapshot is read while requests wait, and `every` takes thirty times as long. */
function areFinite(values: Float32Array): boolean {
  let zero = 0;
  // Nothing but infinities and NaN is not 0 when multiplied by it.
  for (let i = 0; i < values.length; i++) zero += values[i] * 0;
  return zero === 0;
}

function isOptions(options: unknown): options is RewardModelOptions {
  if (typeof options !== "object" || options === null || !("model" in options)) return false;
  if (options.model === "logistic") return true;
  return options.model === "belief" && "actions" in options && Array.isArray(options.actions) &&
    options.actions.every((action) => typeof action === "string");
}

function invalid(state: string): EddyError {
  return new EddyError("checkpoint_invalid", `Cannot restore: ${state}`);
}
