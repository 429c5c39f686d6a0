import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Another address: only before the order left, and only after a check of the customer. */
export const address: TaskKind = {
  name: "address",
  phrasings: [
    "send {order} to {city} instead",
    "I moved to {city}, please update {order}",
    "change the address of {order} to {city}",
    "{order} must go to {city} now",
    "can {order} come to {city}?",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.75) ? "pending" : "shipped";
    focus.order.city = "home";
  },
  plan({ order, customer, city }): Call[] {
    const look = steps.getOrder(order);
    if (order.status !== "pending") return [look, steps.refuse("already_left")];
    const check = steps.verifyCustomer(customer);
    if (customer.blocked) return [look, check, steps.escalate("security")];
    return [look, check, steps.changeAddress(order, city), steps.reply("done")];
  },
  habits: [
    habit("verify_customer", ({ order, city }) => steps.changeAddress(order, city)),
    habit("get_order", ({ order, city }) => steps.changeAddress(order, city)),
  ],
};
