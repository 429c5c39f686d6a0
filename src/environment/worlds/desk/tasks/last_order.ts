import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Where somebody's newest order is. */
export const lastOrder: TaskKind = {
  name: "last_order",
  phrasings: [
    "{name} asks about the newest order",
    "how is the latest order of {name}?",
    "{name} bought something lately, where is it?",
    "find what {name} ordered last and say where it is",
    "this is {name}, what about my recent order?",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.pick(["pending", "shipped", "delivered", "lost"]);
  },
  plan({ customer, order }): Call[] {
    return [steps.findCustomer(customer), steps.lastOrder(customer), steps.getOrder(order), steps.reply(order.status)];
  },
  habits: [
    habit("get_order", () => steps.reply("shipped")),
    habit("last_order", () => steps.reply("pending")),
  ],
};
