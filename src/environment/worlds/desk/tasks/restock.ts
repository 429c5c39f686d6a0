import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** New pieces: only of what is sold out, always nine. */
export const restock: TaskKind = {
  name: "restock",
  phrasings: [
    "we may be out of {wish}, buy more",
    "refill the {wish}",
    "restock {wish} if none is left",
    "fill up the shelf with {wish}",
    "supply of {wish} looks empty",
  ],
  prepare(focus, draw): void {
    focus.wish.left = draw.chance(0.5) ? 0 : 4 + draw.below(6);
  },
  plan({ wish }): Call[] {
    const look = [steps.findProduct(wish), steps.getProduct(wish)];
    if (wish.left > 0) return [...look, steps.refuse("in_stock")];
    return [...look, steps.restockProduct(wish, 9), steps.reply("done")];
  },
  habits: [
    habit("get_product", ({ wish }) => steps.restockProduct(wish, 9)),
    ({ name }, { wish }) =>
      name === "refuse"
        ? steps.restockProduct(wish, 9)
        : name === "restock_product"
        ? steps.refuse("in_stock")
        : undefined,
  ],
};
