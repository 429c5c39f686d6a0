import type { Macro } from "./macro.ts";

/** What a mutation draws from. */
export interface MutateOptions {
  /** What may stand in a macro. */
  readonly actions: readonly string[];
  /** What may be shown: conditions to skip something by. */
  readonly conditions: readonly string[];
  /** Uniforms in [0, 1). */
  readonly random: () => number;
}

/**
 * A macro with one change at one place: another action there, one more, one less, or a condition that skips it.
 *
 * Actions are put in and taken out of the macro's outermost sequence only.
 */
export function mutateMacro(macro: Macro, { actions, conditions, random }: MutateOptions): Macro {
  const one = <Thing>(things: readonly Thing[]): Thing => things[Math.floor(random() * things.length)];
  const parts = typeof macro === "object" && "sequence" in macro ? [...macro.sequence] : [macro];
  const place = Math.floor(random() * parts.length);
  const changes: readonly (() => Macro[])[] = [
    () => [one(actions)],
    () => [parts[place], one(actions)],
    () => parts.length > 1 ? [] : [one(actions)],
    () => conditions.length > 0 ? [{ if: one(conditions), then: { sequence: [] }, otherwise: parts[place] }] : [],
  ];
  parts.splice(place, 1, ...one(changes)());
  return { sequence: parts };
}
