import type { Scan, ScanExample } from "../dataset/mod.ts";
import type { Environment, Outcome, Split, Start, World } from "../environment/mod.ts";

/** A prime that divides no size of SCAN: consecutive seeds are examples from all over the file. */
const STRIDE = 7919;

/** SCAN as a world of one step: the command is shown, the actions that carry it out are written, word by word. */
export function scanWorld({ train, heldOut }: Scan): World {
  const half = Math.ceil(heldOut.length / 2);
  const examples: Readonly<Record<Split, readonly ScanExample[]>> = {
    train,
    validation: heldOut.slice(0, half),
    test: heldOut.slice(half),
  };
  return {
    name: "scan",
    description: "Write the actions that carry out a command.",
    horizon: 1,
    words: [...new Set(train.flatMap(({ actions }) => actions.split(" ")))].sort().map((word) => ` ${word}`),
    create: () => scanEnvironment(examples),
  };
}

function scanEnvironment(examples: Readonly<Record<Split, readonly ScanExample[]>>): Environment {
  let example: ScanExample;
  return {
    reset(seed, split): Start {
      const part = examples[split];
      example = part[(seed * STRIDE) % part.length];
      return { turns: [{ role: "user", text: example.command }] };
    },
    step(action): Outcome {
      const success = action === ` ${example.actions}`;
      return { turns: [], reward: Number(success), terminated: true, truncated: false, success };
    },
    expert: () => ` ${example.actions}`,
    gold: () => ` ${example.actions}`,
  };
}
