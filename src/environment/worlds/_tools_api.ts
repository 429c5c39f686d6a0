import type { Tool, ToolParameter } from "../../episode/mod.ts";
import { sigils } from "./_panels.ts";
import { Stream } from "./_stream.ts";

/** A function of the API: what it is called, and what it does. */
export interface ApiFunction {
  readonly name: string;
  /**
   * `find` gives the thing of a name, `link` the thing that belongs to another, `change` does something to a thing,
   * `unlock` must come before changes of a locked thing, `finish` ends.
   */
  readonly does: "find" | "link" | "change" | "unlock" | "finish";
  /** Index of the kind that it takes; of the kind that it gives where it takes a name; −1 for `finish`. */
  readonly takes: number;
  /** Index of the kind that it gives, or −1. */
  readonly gives: number;
  /** What people call a change; empty for others. */
  readonly word: string;
}

/** A world's API, drawn from its number. */
export interface ToolsApi {
  /** Kinds of things, each with another first letter. */
  readonly kinds: readonly string[];
  /** What the things of the first two kinds are named. */
  readonly names: readonly string[];
  readonly functions: readonly ApiFunction[];
}

/** Kinds of one world. The first two are found by name. */
const KINDS = 4;
/** Links between kinds: the dependency graph. */
export const LINKS: readonly (readonly [from: number, to: number])[] = [[0, 1], [0, 2], [1, 3], [2, 3]];
/** Kinds that can be changed, two ways each; the last one may be locked. */
export const CHANGED: readonly number[] = [1, 2, 3];
/** The kind whose things may be locked. */
export const LOCKABLE = 3;
/** Things of each kind, and names. */
export const THINGS = 8;

const NOUNS = "anchor band crew deck engine fleet gate hall island keel lamp mast".split(" ");
const VERBS = "clean paint weigh mark move check fill load test seal".split(" ");

/** Draws kinds, names and functions; equal numbers give equal APIs. */
export function drawApi(world: number): ToolsApi {
  const draw = Stream.of(world, 80);
  const some = (pool: readonly string[], count: number): string[] => {
    const left = [...pool];
    return Array.from({ length: count }, () => left.splice(draw.below(left.length), 1)[0]);
  };
  const kinds = some(NOUNS, KINDS);
  const verbs = some(VERBS, 2 * CHANGED.length);
  const words = sigils(3 + LINKS.length + verbs.length + THINGS, draw.next);
  const named = (kind: number): string => `${words.pop()}_${kinds[kind]}`;
  const nothing = { gives: -1, word: "" };
  const functions: ApiFunction[] = [
    ...[0, 1].map((kind) => ({ name: named(kind), does: "find" as const, takes: kind, gives: kind, word: "" })),
    ...LINKS.map(([from, to]) => ({ name: named(to), does: "link" as const, takes: from, gives: to, word: "" })),
    ...CHANGED.flatMap((kind, index) =>
      verbs.slice(2 * index, 2 * index + 2)
        .map((word) => ({ name: named(kind), does: "change" as const, takes: kind, gives: -1, word }))
    ),
    { name: named(LOCKABLE), does: "unlock", takes: LOCKABLE, ...nothing },
    { name: "finish", does: "finish", takes: -1, ...nothing },
  ];
  return { kinds, names: words, functions };
}

/** The API as its documents describe it, with JSON schemas. */
export function apiTools({ kinds, names, functions }: ToolsApi): Tool[] {
  const describe = ({ does, takes, gives, word }: ApiFunction): string =>
    ({
      find: `finds the ${kinds[gives]} of a name`,
      link: `tells the ${kinds[gives]} of the ${kinds[takes]}`,
      change: `will ${word} the ${kinds[takes]}`,
      unlock: `unlocks the ${kinds[takes]}`,
      finish: "says that all is done",
    })[does];
  return functions.map((each): Tool => {
    const properties: Record<string, ToolParameter> = each.does === "finish"
      ? {}
      : each.does === "find"
      ? { name: { type: "string", enum: names } }
      : { [kinds[each.takes]]: { type: "string", pattern: `^${kinds[each.takes][0]}[0-9]{2}$` } };
    return {
      name: each.name,
      description: describe(each),
      parameters: { type: "object", properties, required: Object.keys(properties) },
    };
  });
}
