import type { Environment, Outcome } from "../environment/mod.ts";
import { wrapped } from "./_wrapped.ts";

/** An environment whose actions are said word by word. */
export interface SpelledEnvironment extends Environment {
  /** [words of the running episode] the turn that each belongs to, from 0. */
  readonly turnOf: readonly number[];
  /** [turns of the running episode] the actions that were said to their end. */
  readonly said: readonly string[];
}

/**
 * Makes every word of an action a decision of its own, so that a policy over listed candidates acts in tokens, as a
 * language model does: each word is chosen among those that some action goes on with.
 *
 * What was shown is shown again before each word, with the words so far. An action that is the beginning of another could
 * not be told from it, so it is refused.
 *
 * @param phraseOf The words of an action.
 * @throws {RangeError} If two phrases are equal or one begins the other.
 */
export function spelled(environment: Environment, phraseOf: (action: string) => readonly string[]): SpelledEnvironment {
  let [turnOf, said, prefix, shown]: [number[], string[], string[], string] = [[], [], [], ""];
  const phrases = (): { readonly action: string; readonly words: readonly string[] }[] =>
    (environment.actions?.() ?? []).map((action) => ({ action, words: phraseOf(action) }))
      .filter(({ words }) => prefix.every((word, index) => words[index] === word));
  const textOf = (turns: readonly { readonly text: string }[]): string => turns.map(({ text }) => text).join("\n");
  return wrapped(environment, {
    get turnOf(): readonly number[] {
      return turnOf;
    },
    get said(): readonly string[] {
      return said;
    },
    reset(seed, split): ReturnType<Environment["reset"]> {
      const start = environment.reset(seed, split);
      [turnOf, said, prefix, shown] = [[], [], [], textOf(start.turns)];
      checkPhrases(phrases());
      return start;
    },
    actions: () => Object.freeze([...new Set(phrases().map(({ words }) => words[prefix.length]))]),
    step(word): Outcome {
      turnOf.push(said.length);
      prefix.push(word);
      const fitting = phrases();
      const known = fitting.find(({ words }) => words.length === prefix.length)?.action;
      if (known === undefined && fitting.length > 0) {
        const turns = [{ role: "tool" as const, text: `${shown} ${prefix.join(" ")}` }];
        return { turns, reward: 0, terminated: false, truncated: false, success: false };
      }
      const outcome = environment.step(known ?? prefix.join(" "));
      said.push(known ?? prefix.join(" "));
      [prefix, shown] = [[], textOf(outcome.turns)];
      return outcome;
    },
  });
}

function checkPhrases(phrases: readonly { readonly action: string; readonly words: readonly string[] }[]): void {
  for (const one of phrases) {
    const longer = phrases.find((other) =>
      other !== one && one.words.every((word, index) => other.words[index] === word)
    );
    if (longer) throw new RangeError(`Cannot spell '${longer.action}': it begins with the words of '${one.action}'`);
  }
}
