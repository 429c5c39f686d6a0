import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Where an order is. */
export const status: TaskKind = {
  name: "status",
  phrasings: [
    "where is order {order}?",
    "what happened to {order}?",
    "tell me how far {order} is",
    "has {order} left yet?",
    "track {order} for me",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.pick(["pending", "shipped", "delivered", "lost"]);
  },
  plan({ order }): Call[] {
    return [steps.getOrder(order), steps.reply(order.status)];
  },
  habits: [
    habit("get_order", () => steps.reply("shipped")),
    habit("reply", () => steps.reply("done")),
  ],
};
