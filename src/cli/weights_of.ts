import { EddyError } from "../errors.ts";
import type { ModelWeights } from "../policy/mod.ts";
import type { Call } from "./command.ts";

const WEIGHTS = ["e4", "e7", "q8", "f32"] as const satisfies readonly ModelWeights[];

/** The flag `--weights` of a command that opens a language model. @throws {EddyError} `configuration_invalid` */
export function weightsOf(call: Call): ModelWeights | undefined {
  const written = call.text("weights");
  const weights = WEIGHTS.find((each) => each === written);
  if (written === undefined || weights) return weights;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--weights ${written}': there are ${WEIGHTS.join(", ")}`,
  );
}
