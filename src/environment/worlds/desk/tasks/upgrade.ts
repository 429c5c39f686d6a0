import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** The gold plan: for basic customers who pass the check. */
export const upgrade: TaskKind = {
  name: "upgrade",
  phrasings: [
    "make {customer} a gold customer",
    "upgrade {customer}",
    "{customer} would like the better plan",
    "move {customer} up to gold",
    "gold for {customer}, please",
  ],
  prepare(focus, draw): void {
    focus.customer.plan = draw.chance(0.3) ? "gold" : "basic";
  },
  plan({ customer }): Call[] {
    const look = steps.getCustomer(customer);
    if (customer.plan === "gold") return [look, steps.refuse("already_gold")];
    const check = steps.verifyCustomer(customer);
    if (customer.blocked) return [look, check, steps.escalate("security")];
    return [look, check, steps.setPlan(customer, "gold"), steps.reply("done")];
  },
  habits: [
    habit("get_customer", ({ customer }) => steps.setPlan(customer, "gold")),
    ({ name }, { customer }) =>
      name === "verify_customer" || name === "refuse" ? steps.setPlan(customer, "gold") : undefined,
  ],
};
