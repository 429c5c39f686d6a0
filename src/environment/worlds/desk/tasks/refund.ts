import type { Call } from "../call.ts";
import { drawCoins, drawDays } from "../company.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Money back: only delivered orders under 30 days; from 50 coins on a manager decides. */
export const refund: TaskKind = {
  name: "refund",
  phrasings: [
    "please refund order {order}",
    "I want my money back for {order}",
    "{order} was bad, pay it back",
    "can I return {order} for cash?",
    "reimburse me for {order}",
    "give back what I paid for {order}",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.75) ? "delivered" : draw.pick(["pending", "shipped"]);
    focus.order.days = draw.chance(0.65) ? drawDays(draw, 10, 25) : drawDays(draw, 30, 55);
    focus.order.coins = draw.chance(0.65) ? drawCoins(draw, 10, 40) : drawCoins(draw, 50, 90);
  },
  plan({ order }): Call[] {
    const look = steps.getOrder(order);
    if (order.status !== "delivered") return [look, steps.refuse("not_delivered")];
    if (order.days >= 30) return [look, steps.refuse("too_late")];
    if (order.coins >= 50) return [look, steps.escalate("manager")];
    return [look, steps.refundOrder(order), steps.reply("done")];
  },
  habits: [
    habit("get_order", ({ order }) => steps.refundOrder(order)),
    habit("refund_order", () => steps.reply("done")),
    ({ name }, { order }) => name === "refuse" || name === "escalate" ? steps.refundOrder(order) : undefined,
  ],
};
