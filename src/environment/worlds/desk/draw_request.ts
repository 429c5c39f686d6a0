import type { Split } from "../../environment.ts";
import { deskDefaults } from "./options.ts";
import { drawTask } from "./task.ts";

/** One thing that a customer of the desk says, and which kind of request it is. */
export interface DeskRequest {
  /** What is said. */
  readonly text: string;
  /** One of {@linkcode deskDefaults}`.kinds`. */
  readonly kind: string;
}

/** Draws what a customer says; equal seeds give equal requests, splits share no company and no name. */
export function drawDeskRequest(seed: number, split: Split): DeskRequest {
  const { request, kind } = drawTask(seed, split, deskDefaults);
  return { text: request, kind: kind.name };
}
