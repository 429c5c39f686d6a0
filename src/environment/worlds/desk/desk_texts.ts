import { formatCall } from "./call.ts";
import { catalogue } from "./catalogue.ts";
import { desk } from "./desk.ts";
import { drawValue } from "./draw_value.ts";
import { openDraw } from "./draw.ts";

/**
 * Texts to train a tokenizer on: requests, calls and answers of `count` training episodes, and every word of the closed
 * lists, so that no held-out company has a word that these lack.
 *
 * ```ts
 * import { strict as assert } from "node:assert";
 * const texts = deskTexts(1, 10);
 * assert.ok(texts.some((text) => text.includes("<tool_call>")));
 * ```
 */
export function deskTexts(seed: number, count: number): string[] {
  const draw = openDraw(seed, 3);
  const environment = desk.create();
  const texts = Object.values(catalogue).map((words) => words.join(" "));
  for (const tool of desk.tools ?? []) {
    for (const [key, parameter] of Object.entries(tool.parameters.properties)) {
      const values = "enum" in parameter ? parameter.enum : [drawValue(parameter, draw.uniform)];
      for (const value of values) texts.push(formatCall({ name: tool.name, arguments: { [key]: value } }));
    }
  }
  for (let episode = 0; episode < count; episode++) {
    let turns = environment.reset(seed * 1_000_003 + episode, "train").turns;
    for (let ended = false; !ended;) {
      const action = environment.expert!(draw.uniform);
      for (const turn of turns) texts.push(turn.text);
      texts.push(action);
      const outcome = environment.step(action);
      turns = outcome.turns;
      ended = outcome.terminated || outcome.truncated;
    }
  }
  return texts;
}
