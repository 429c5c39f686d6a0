import { ShapeError } from "../../errors.ts";
import type { Evaluation, EvaluationGradients } from "../policy.ts";
import type { PackedTrajectories } from "./_pack.ts";
import type { ActingModel } from "./acting_model.ts";

/** What a model says of episodes, by the weights that were selected. */
export function evaluatePacked(model: ActingModel, packed: PackedTrajectories): Evaluation {
  const logProbs = new Float32Array(packed.columnTokens), entropies = new Float32Array(packed.columnTokens);
  if (packed.lengths.length === 0) return { logProbs, entropies, values: new Float32Array() };
  model.forward(packed.tokens, packed.lengths);
  using scores = model.score(packed.rows, packed.targets, packed.maskIndex, packed.masks, packed.temperature);
  const { logProbs: ofChosen, entropies: entropiesOfChosen } = scores;
  for (const [choice, place] of packed.places.entries()) {
    logProbs[place] = ofChosen[choice];
    entropies[place] = entropiesOfChosen[choice];
  }
  return { logProbs, entropies, values: model.valuesAt(packed.valueRows) };
}

/** Adds the gradient of what was evaluated last. @throws {ShapeError} If the columns have other lengths. */
export function backwardPacked(
  model: ActingModel,
  { places, valueRows, columnTokens, lengths }: PackedTrajectories,
  { dLogProbs, dEntropies, dValues }: EvaluationGradients,
): void {
  if (dLogProbs.length !== columnTokens) throw new ShapeError("dLogProbs", columnTokens, dLogProbs.length);
  if (dEntropies.length !== columnTokens) throw new ShapeError("dEntropies", columnTokens, dEntropies.length);
  if (dValues.length !== valueRows.length) throw new ShapeError("dValues", valueRows.length, dValues.length);
  if (lengths.length === 0) return;
  const ofChosen = (column: Float32Array): Float32Array => Float32Array.from(places, (place) => column[place]);
  model.backward(ofChosen(dLogProbs), ofChosen(dEntropies), valueRows, dValues);
}
