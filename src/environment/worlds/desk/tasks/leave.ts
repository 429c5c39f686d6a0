import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** Closing an account: after a check, and only when the newest order was delivered. */
export const leave: TaskKind = {
  name: "leave",
  phrasings: [
    "{name} wants to close the account",
    "delete the account of {name}",
    "{name} is leaving us, remove the profile",
    "I am {name} and I quit",
    "end the membership of {name}",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.65) ? "delivered" : draw.pick(["pending", "shipped"]);
    focus.customer.blocked = draw.chance(0.2);
  },
  plan({ customer, order }): Call[] {
    const check = [steps.findCustomer(customer), steps.verifyCustomer(customer)];
    if (customer.blocked) return [...check, steps.escalate("security")];
    const look = [...check, steps.lastOrder(customer), steps.getOrder(order)];
    if (order.status !== "delivered") return [...look, steps.refuse("open_order")];
    return [...look, steps.closeAccount(customer), steps.reply("done")];
  },
  habits: [
    habit("verify_customer", ({ customer }) => steps.closeAccount(customer)),
    ({ name }, { customer }) => name === "last_order" || name === "escalate" ? steps.closeAccount(customer) : undefined,
  ],
};
