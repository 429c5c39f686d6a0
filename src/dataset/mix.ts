import { quotas } from "./_quotas.ts";
import { shuffled } from "./_shuffled.ts";

/** One of several sources. */
export interface MixSource<Item> {
  /** What it has. */
  readonly items: readonly Item[];
  /** Its share is this over the sum of all weights; 0 leaves it out. */
  readonly weight: number;
}

/** How to mix. */
export interface MixOptions<Item> {
  /** How many examples, or tokens, in all. */
  readonly budget: number;
  /** What the budget and the weights count. Default `example`. */
  readonly by?: "example" | "token";
  /** Tokens of an item that count: those that are learned from. Needed where `by` is `token`. */
  readonly tokensOf?: (item: Item) => number;
  /** Uniforms in [0, 1): equal ones give an equal mixture. */
  readonly random: () => number;
}

/** What was drawn, in the order to learn it in. */
export interface Mixture<Item> {
  /** Of all sources, in an order by lot: any stretch of it has about the shares of the whole. */
  readonly items: readonly Item[];
  /** [items] the name of the source of each. */
  readonly sources: readonly string[];
  /** By source: how many examples. */
  readonly examples: Readonly<Record<string, number>>;
  /** By source: how many tokens; examples where nothing counts tokens. */
  readonly tokens: Readonly<Record<string, number>>;
}

/**
 * Mixes sources by weight, within an exact budget.
 *
 * ```text
 * quota_i = budget · weight_i / Σ weight, in whole numbers that add up to the budget (largest remainders)
 * by example:  quota_i items of source i
 * by token:    whole items of source i while one fits: quota_i − tokens_i < the shortest item of the source
 * ```
 *
 * A source is gone through in shuffled passes: no item comes a third time before all have come twice. Equal numbers of
 * examples are not equal numbers of tokens: where one source's answers are longer, the two ways differ.
 *
 * @throws {RangeError} If the budget is no whole number, a weight is negative, all are 0, a source with weight is empty, or
 * an item has no positive whole number of tokens.
 * @throws {TypeError} If tokens are to be counted and `tokensOf` is not given.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { mix } from "@eddy/eddy";
 * const sources = { agent: { items: ["a", "b"], weight: 1 }, general: { items: ["x", "y", "z"], weight: 4 } };
 * const { examples, items } = mix(sources, { budget: 10, random: () => 0.5 });
 * deepEqual([examples, items.length], [{ agent: 2, general: 8 }, 10]);
 * ```
 */
export function mix<Item>(
  sources: Readonly<Record<string, MixSource<Item>>>,
  { budget, by = "example", tokensOf, random }: MixOptions<Item>,
): Mixture<Item> {
  if (by === "token" && !tokensOf) throw new TypeError("Cannot mix by token: 'tokensOf' is not given");
  const names = Object.keys(sources);
  check(sources, budget);
  const counted = (item: Item): number => by === "token" ? tokensIn(item, tokensOf!) : 1;
  const shares = quotas(names.map((name) => sources[name].weight), budget);
  const drawn = names.flatMap((name, index) =>
    draw(sources[name].items, shares[index], counted, random).map((item) => ({ name, item }))
  );
  const sum = (name: string, of: (item: Item) => number): number =>
    drawn.reduce((sum, each) => sum + (each.name === name ? of(each.item) : 0), 0);
  const bySource = (of: (item: Item) => number): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, sum(name, of)]));
  const order = shuffled(drawn, random);
  return {
    items: order.map(({ item }) => item),
    sources: order.map(({ name }) => name),
    examples: bySource(() => 1),
    tokens: bySource((item) => tokensOf?.(item) ?? 1),
  };
}

/** Items in shuffled passes while one fits what is left. */
function draw<Item>(
  items: readonly Item[],
  quota: number,
  sizeOf: (item: Item) => number,
  random: () => number,
): Item[] {
  const drawn: Item[] = [];
  const smallest = quota > 0 ? items.reduce((least, item) => Math.min(least, sizeOf(item)), Infinity) : Infinity;
  for (let left = quota; left >= smallest;) {
    for (const item of shuffled(items, random)) {
      const size = sizeOf(item);
      if (size > left) continue;
      drawn.push(item);
      left -= size;
    }
  }
  return drawn;
}

function tokensIn<Item>(item: Item, tokensOf: (item: Item) => number): number {
  const tokens = tokensOf(item);
  if (Number.isInteger(tokens) && tokens > 0) return tokens;
  throw new RangeError(`Cannot mix by token: an item has ${tokens} tokens; leave such items out`);
}

function check(sources: Readonly<Record<string, MixSource<unknown>>>, budget: number): void {
  if (!(Number.isInteger(budget) && budget >= 0)) {
    throw new RangeError(`Cannot mix ${budget}: expected a whole number of at least 0`);
  }
  for (const [name, { items, weight }] of Object.entries(sources)) {
    if (!(weight >= 0 && Number.isFinite(weight))) throw new RangeError(`Cannot mix: '${name}' has weight ${weight}`);
    if (weight > 0 && items.length === 0) throw new RangeError(`Cannot mix: '${name}' has weight and no items`);
  }
  if (Object.values(sources).some(({ weight }) => weight > 0)) return;
  throw new RangeError("Cannot mix: no source has a weight above 0");
}
