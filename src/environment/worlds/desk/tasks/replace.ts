import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** The same again for something broken: only delivered orders, only what is in stock. */
export const replace: TaskKind = {
  name: "replace",
  phrasings: [
    "{order} arrived broken, send a new one",
    "replace the damaged order {order}",
    "my {order} has a crack, I need another",
    "{order} does not work, ship it again",
    "the parcel {order} was smashed, same again please",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.8) ? "delivered" : "shipped";
    focus.product.left = draw.chance(0.35) ? 0 : 4 + draw.below(6);
  },
  plan({ order, product }): Call[] {
    const look = steps.getOrder(order);
    if (order.status !== "delivered") return [look, steps.refuse("not_delivered")];
    const count = steps.getProduct(product);
    if (product.left === 0) return [look, count, steps.refuse("sold_out")];
    return [look, count, steps.replaceOrder(order), steps.reply("done")];
  },
  habits: [
    habit("get_product", ({ order }) => steps.replaceOrder(order)),
    habit("get_order", ({ order }) => steps.refundOrder(order)),
  ],
};
