import type { Call } from "../call.ts";
import { stockWord } from "../words.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** What a product costs. */
export const price: TaskKind = {
  name: "price",
  phrasings: [
    "what does the {wish} cost?",
    "price of a {wish}, please",
    "how expensive is the {wish}?",
    "how many coins for one {wish}?",
    "what would I pay for a {wish}?",
  ],
  prepare(): void {},
  plan({ wish }): Call[] {
    return [steps.findProduct(wish), steps.getProduct(wish), steps.answer(wish.coins)];
  },
  habits: [
    habit("answer", ({ wish }) => steps.reply(stockWord(wish.left))),
    habit("get_product", () => steps.answer(20)),
  ],
};
