import { EddyError } from "../../errors.ts";
import type { Kernels } from "../../kernels/mod.ts";
import type { PolicySnapshot } from "../policy.ts";
import type { LinearPolicyOptions } from "./options.ts";

type LinearModel = InstanceType<Kernels["LinearModel"]>;

/** Options that decide what the weights mean: a snapshot fits only a policy that has the same. */
const MEANING = ["bits", "words", "bigrams", "characters", "hidden", "memory"] as const;

/** Weights as `linear.weight`, AdaGrad's memory (for a resume) as `optimizer.squares`, and everything else in eddy.json. */
export function writeSnapshot(
  model: LinearModel,
  options: Required<LinearPolicyOptions>,
  version: number,
  resume: boolean,
): PolicySnapshot {
  const shape = [model.parameterCount];
  const tensors = new Map([["linear.weight", { shape, values: model.readWeights() }]]);
  if (resume) tensors.set("optimizer.squares", { shape, values: model.readSquares() });
  const eddy = { kind: "linear", version, options };
  return { kind: "linear", version, tensors, files: new Map([["eddy.json", JSON.stringify(eddy, null, 2) + "\n"]]) };
}

/** Fills a model and returns the version. @throws {EddyError} `checkpoint_invalid` If the snapshot does not fit. */
export function readSnapshot(
  snapshot: PolicySnapshot,
  model: LinearModel,
  options: Required<LinearPolicyOptions>,
): number {
  if (snapshot.kind !== "linear") throw invalid(`the snapshot is of a ${snapshot.kind} policy`);
  const recorded: LinearPolicyOptions = { hidden: 0, ...snapshotOptions(snapshot) };
  for (const name of MEANING) {
    const [theirs, ours] = [JSON.stringify(recorded[name]), JSON.stringify(options[name])];
    if (theirs !== ours) throw invalid(`'${name}' is ${theirs}, expected ${ours}`);
  }
  model.writeWeights(tensor(snapshot, "linear.weight", model.parameterCount));
  if (snapshot.tensors.has("optimizer.squares")) {
    model.writeSquares(tensor(snapshot, "optimizer.squares", model.parameterCount));
  }
  return snapshot.version;
}

/** The options a snapshot was written with. @throws {EddyError} `checkpoint_invalid` If eddy.json cannot be read. */
export function snapshotOptions(snapshot: PolicySnapshot): LinearPolicyOptions {
  try {
    const { options } = JSON.parse(snapshot.files.get("eddy.json") ?? "");
    if (typeof options === "object" && options !== null) return options as LinearPolicyOptions;
  } catch (cause) {
    throw new EddyError("checkpoint_invalid", "Cannot restore: eddy.json is missing or not JSON", { cause });
  }
  throw invalid("eddy.json has no 'options'");
}

function tensor(snapshot: PolicySnapshot, name: string, length: number): Float32Array {
  const values = snapshot.tensors.get(name)?.values;
  if (!values) throw invalid(`tensor '${name}' is missing`);
  if (values.length !== length) throw invalid(`tensor '${name}' has ${values.length} numbers, expected ${length}`);
  if (!values.every(Number.isFinite)) throw invalid(`tensor '${name}' has numbers that are not finite`);
  return values;
}

function invalid(state: string): EddyError {
  return new EddyError("checkpoint_invalid", `Cannot restore: ${state}`);
}
