import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Another product for a delivered order: only what is in stock. */
export const exchange: TaskKind = {
  name: "exchange",
  phrasings: [
    "swap {order} for a {wish}",
    "I want a {wish} in place of {order}",
    "exchange {order}, I prefer the {wish}",
    "trade {order} against a {wish}",
    "{order} is wrong, it should be a {wish}",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.8) ? "delivered" : "shipped";
    focus.wish.left = draw.chance(0.3) ? 0 : 4 + draw.below(6);
  },
  plan({ order, wish }): Call[] {
    const look = steps.getOrder(order);
    if (order.status !== "delivered") return [look, steps.refuse("not_delivered")];
    const find = [look, steps.findProduct(wish), steps.getProduct(wish)];
    if (wish.left === 0) return [...find, steps.refuse("sold_out")];
    return [...find, steps.exchangeOrder(order, wish), steps.reply("done")];
  },
  habits: [
    habit("find_product", ({ order }) => steps.replaceOrder(order)),
    habit("get_product", ({ order, wish }) => steps.exchangeOrder(order, wish)),
  ],
};
