/** One kind of word problem: its numbers, how it is told, and what it asks for. */
export interface SumFamily {
  /** What it is called. */
  readonly name: string;
  /** Its numbers with their smallest and largest value; `extra` is 0 one time in six. */
  readonly numbers: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** A number that makes the answer whole, as an expression of the others; it is told instead of `answer`. */
  readonly told?: { readonly name: string; readonly expression: string };
  /** Ways to tell it; `{who}` is a name, `{number}` a number. */
  readonly phrasings: readonly string[];
  /** What is asked for, over the numbers that are told. */
  readonly expression: string;
}

const EXTRA = [0, 5] as const;

/** The families, in the order that the option `families` counts. */
export const SUM_FAMILIES: readonly SumFamily[] = [
  {
    name: "shopping",
    numbers: { count: [2, 20], price: [2, 30], extra: EXTRA },
    phrasings: [
      "{who} buys {count} pens at {price} coins each and a bag for {extra} coins. How many coins does {who} pay?",
      "A pen costs {price} coins, a bag {extra} coins. What do {count} pens and a bag cost {who}, in coins?",
    ],
    expression: "count * price + extra",
  },
  {
    name: "change",
    numbers: { paid: [200, 400], count: [2, 9], price: [2, 20], extra: EXTRA },
    phrasings: [
      "{who} pays with {paid} coins for {count} tickets at {price} coins and drops {extra} coins. How many are left?",
      "Of {paid} coins {who} loses {extra} and spends {price} on each of {count} tickets. How many coins remain?",
    ],
    expression: "paid - count * price - extra",
  },
  {
    name: "travel",
    numbers: { speed: [20, 90], hours: [2, 9], extra: EXTRA },
    phrasings: [
      "{who} rides {hours} hours at {speed} km an hour, then walks {extra} km. How many km is that?",
      "After {extra} km on foot {who} takes a train of {speed} km an hour for {hours} hours. How far is it in km?",
    ],
    expression: "speed * hours + extra",
  },
  {
    name: "sharing",
    numbers: { people: [2, 9], share: [2, 20], extra: EXTRA },
    told: { name: "pieces", expression: "people * share + extra" },
    phrasings: [
      "{who} eats {extra} of {pieces} sweets and shares the rest among {people} friends. How many does each get?",
      "There are {pieces} sweets, {extra} of them are gone. {people} friends of {who} share them. How many has each?",
    ],
    expression: "(pieces - extra) / people",
  },
  {
    name: "saving",
    numbers: { start: [20, 90], weeks: [2, 12], weekly: [3, 20], extra: EXTRA },
    phrasings: [
      "{who} has {start} coins, saves {weekly} a week for {weeks} weeks and gives {extra} away. How many are there then?",
      "For {weeks} weeks {who} adds {weekly} coins to {start} coins, but loses {extra}. How many coins are saved?",
    ],
    expression: "start + weeks * weekly - extra",
  },
  {
    name: "fence",
    numbers: { length: [5, 40], width: [2, 30], extra: EXTRA },
    phrasings: [
      "A garden of {who} is {length} m long and {width} m wide. How long is a fence around it with {extra} m to spare?",
      "{who} fences a field of {length} m by {width} m and keeps {extra} m over. How many m of fence are needed?",
    ],
    expression: "2 * (length + width) + extra",
  },
  {
    name: "age",
    numbers: { age: [3, 15], years: [2, 9], factor: [2, 4], extra: EXTRA },
    phrasings: [
      "{who} is {age}. In {years} years the aunt of {who} is {factor} times as old, less {extra} years. How old is she then?",
      "An aunt will be {factor} times what {who}, now {age}, is in {years} years, minus {extra}. How old will she be?",
    ],
    expression: "factor * (age + years) - extra",
  },
  {
    name: "baking",
    numbers: { serves: [2, 6], batches: [2, 6], cups: [2, 9], extra: EXTRA },
    told: { name: "guests", expression: "serves * batches" },
    phrasings: [
      "A cake for {serves} needs {cups} cups of flour. {who} has {guests} guests and spills {extra} cups. How many cups?",
      "{who} bakes for {guests} guests: {cups} cups of flour for every {serves}, and {extra} for the table. How many cups?",
    ],
    expression: "guests / serves * cups + extra",
  },
];
