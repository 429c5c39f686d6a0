import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Stopping an order: only before it left. */
export const cancel: TaskKind = {
  name: "cancel",
  phrasings: [
    "cancel order {order}",
    "I no longer need {order}, stop it",
    "please call off {order}",
    "forget about {order}, I changed my mind",
    "do not send {order}",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.pick(["pending", "pending", "shipped", "delivered"]);
  },
  plan({ order }): Call[] {
    const look = steps.getOrder(order);
    if (order.status !== "pending") return [look, steps.refuse("already_left")];
    return [look, steps.cancelOrder(order), steps.reply("done")];
  },
  habits: [
    habit("get_order", ({ order }) => steps.cancelOrder(order)),
    ({ name }) => name === "cancel_order" || name === "refuse" ? steps.reply("done") : undefined,
  ],
};
