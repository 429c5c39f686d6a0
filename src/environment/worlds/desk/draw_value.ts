import { idDigits } from "./id_digits.ts";
import type { ToolParameter } from "../../../episode/mod.ts";

/** A uniformly drawn value that `parameter` allows. */
export function drawValue(parameter: ToolParameter, random: () => number): string | number {
  const below = (bound: number): number => Math.floor(random() * bound);
  if (parameter.type === "integer") return parameter.minimum + below(parameter.maximum - parameter.minimum + 1);
  if ("enum" in parameter) return parameter.enum[below(parameter.enum.length)];
  return parameter.pattern[1] + String(below(10 ** idDigits)).padStart(idDigits, "0");
}
