import type { Call } from "../call.ts";
import { drawDays } from "../company.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Coins for a late order: from 30 days on, gold customers 20, basic ones 10. */
export const late: TaskKind = {
  name: "late",
  phrasings: [
    "{order} is late, I want a credit",
    "compensate me for waiting on {order}",
    "I still wait for {order}, what do I get?",
    "{order} takes ages, make it good",
    "so slow! coins for {order} please",
  ],
  prepare(focus, draw): void {
    focus.order.status = "shipped";
    focus.order.days = draw.chance(0.4) ? drawDays(draw, 10, 25) : drawDays(draw, 30, 55);
    focus.customer.plan = draw.chance(0.5) ? "gold" : "basic";
  },
  plan({ order, customer }): Call[] {
    const look = steps.getOrder(order);
    if (order.days < 30) return [look, steps.refuse("not_late")];
    return [
      look,
      steps.getCustomer(customer),
      steps.addCredit(customer, customer.plan === "gold" ? 20 : 10),
      steps.reply("done"),
    ];
  },
  habits: [
    ({ name }, { customer }) =>
      name === "get_customer" || name === "refuse" ? steps.addCredit(customer, 20) : undefined,
    habit("get_order", () => steps.refuse("not_late")),
  ],
};
