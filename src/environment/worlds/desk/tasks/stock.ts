import type { Call } from "../call.ts";
import { stockWord } from "../words.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** How many pieces are left. */
export const stock: TaskKind = {
  name: "stock",
  phrasings: [
    "how many pieces of {wish} are left?",
    "count the {wish} in the store",
    "is the {wish} available, and how often?",
    "number of {wish} on the shelf?",
    "how much {wish} do you have?",
  ],
  prepare(focus, draw): void {
    focus.wish.left = draw.chance(0.2) ? 0 : 4 + draw.below(6);
  },
  plan({ wish }): Call[] {
    return [steps.findProduct(wish), steps.getProduct(wish), steps.reply(stockWord(wish.left))];
  },
  habits: [
    habit("get_product", () => steps.refuse("sold_out")),
    habit("reply", ({ wish }) => steps.answer(wish.coins)),
  ],
};
