import type { Environment, World } from "../environment/mod.ts";

/**
 * What is said in a world's training episodes: the text that a tokenizer is made from.
 *
 * The expert acts where there is one, else any admissible action.
 */
export function collectTexts(
  world: World,
  options: { readonly episodes: number; readonly environmentOptions: Readonly<Record<string, unknown>> },
  random: () => number,
): string[] {
  const environment = world.create(options.environmentOptions);
  const texts: string[] = [];
  for (let seed = 0; seed < options.episodes; seed++) {
    texts.push(...environment.reset(seed, "train").turns.map(({ text }) => text));
    for (let step = 0; step < world.horizon; step++) {
      const action = anyAction(environment, random);
      const outcome = environment.step(action);
      texts.push(action, ...outcome.turns.map(({ text }) => text));
      if (outcome.terminated || outcome.truncated) break;
    }
  }
  return texts;
}

function anyAction(environment: Environment, random: () => number): string {
  if (environment.expert) return environment.expert(random);
  const actions = environment.actions?.() ?? [""];
  return actions[Math.floor(random() * actions.length)];
}
