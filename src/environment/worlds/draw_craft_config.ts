import { sigils } from "./_panels.ts";
import { Stream } from "./_stream.ts";
import { type CraftConfig, type CraftThing, parseCraftConfig } from "./craft_config.ts";
import { craftNeeds, craftOrder } from "./_craft_plan.ts";

/** What {@linkcode drawCraftConfig} makes. */
export interface DrawCraftOptions {
  /** Names the tree and its made-up words. Default 0. */
  readonly world?: number;
  /** Stages of the tree, from 1 to 40. Default 8. */
  readonly depth?: number;
  /** Kinds that are gathered, from 1 to 10. Default 3. */
  readonly raws?: number;
  /** Tools, which are made in early stages and needed in late ones. Default 2. */
  readonly tools?: number;
  /** Things that use up what others are made of, and serve nothing. Default 2. */
  readonly decoys?: number;
  /** How likely one try to gather finds something. Default 0.8. */
  readonly odds?: number;
  /** Whether every stage is asked for, or the last alone. Default false. */
  readonly everyStage?: boolean;
  /** Longest episode; unless given, one and a half times as long as the unluckiest shortest way. */
  readonly horizon?: number;
}

/**
 * Draws a tech tree: every stage is made of the one before, often of something gathered, and late ones with tools that are
 * made of early ones, so that a stage cannot be learned by itself.
 *
 * @throws {EddyError} `environment_invalid` If the horizon is too short for it.
 */
export function drawCraftConfig(options: DrawCraftOptions = {}): CraftConfig {
  const { world = 0, depth = 8, raws = 3, tools = 2, decoys = 2, odds = 0.8, everyStage = false } = options;
  const stream = Stream.of(world, depth, raws, tools, decoys, 80);
  const words = sigils(raws + depth + tools + decoys, stream.next);
  const take = (count: number): string[] => words.splice(0, count);
  const [gathered, stages, kept, useless] = [take(raws), take(depth), take(tools), take(decoys)];
  const one = (names: readonly string[]): string => names[stream.below(names.length)];
  const things: Record<string, CraftThing> = {};
  for (const name of gathered) things[name] = { odds };
  stages.forEach((name, stage) => {
    const from = { ...stage > 0 && { [stages[stage - 1]]: 1 }, ...stage % 2 === 0 && { [one(gathered)]: 1 } };
    const tool = kept.findIndex((_, index) => stage > index >> 1 && stage === toolStage(index, tools, depth));
    things[name] = tool < 0 ? { from } : { from, tools: [kept[tool]] };
  });
  kept.forEach((name, index) => {
    things[name] = { from: { [stages[Math.min(index >> 1, depth - 1)]]: 1, [one(gathered)]: 1 } };
  });
  for (const name of useless) things[name] = { from: { [stages[stream.below(Math.max(1, depth - 1))]]: 1 } };
  const goals = everyStage ? stages : stages.slice(-1);
  const order = craftOrder(things);
  const worst = [...craftNeeds(things, order, {}, stages[depth - 1])].reduce(
    (sum, [name, count]) => sum + count * (gathered.includes(name) && odds < 1 ? 2 : 1),
    0,
  );
  return parseCraftConfig({ things, start: {}, goals, horizon: options.horizon ?? Math.ceil(1.5 * worst) });
}

/** Stage at which a tool is needed first: spread over the later half. */
function toolStage(index: number, tools: number, depth: number): number {
  return depth - 1 - Math.floor((tools - 1 - index) * depth / 2 / tools);
}
