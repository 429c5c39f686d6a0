import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** A new order: only what is in stock. */
export const buy: TaskKind = {
  name: "buy",
  phrasings: [
    "{customer} wants {quantity} {wish}",
    "order {quantity} {wish} for {customer}",
    "customer {customer} buys {quantity} {wish}",
    "put {quantity} {wish} on the bill of {customer}",
    "{customer} here, I take {quantity} {wish}",
  ],
  prepare(focus, draw): void {
    focus.wish.left = draw.chance(0.35) ? 0 : 4 + draw.below(6);
  },
  plan({ customer, wish, quantity }): Call[] {
    const look = [steps.findProduct(wish), steps.getProduct(wish)];
    if (wish.left === 0) return [...look, steps.refuse("sold_out")];
    return [...look, steps.placeOrder(customer, wish, quantity), steps.reply("done")];
  },
  habits: [
    habit("get_product", ({ customer, wish, quantity }) => steps.placeOrder(customer, wish, quantity)),
    ({ name }) => name === "place_order" || name === "refuse" ? steps.reply("done") : undefined,
  ],
};
