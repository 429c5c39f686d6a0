import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** The rank of a ticket follows its customer's plan. */
export const triage: TaskKind = {
  name: "triage",
  phrasings: [
    "rank ticket {ticket}",
    "how urgent is {ticket}? set it",
    "give {ticket} the right priority",
    "sort {ticket} into the queue",
    "{ticket} came in, triage it",
  ],
  prepare(focus, draw): void {
    focus.customer.plan = draw.chance(0.5) ? "gold" : "basic";
  },
  plan({ ticket, customer }): Call[] {
    return [
      steps.getTicket(ticket),
      steps.getCustomer(customer),
      steps.setPriority(ticket, customer.plan === "gold" ? "high" : "low"),
      steps.reply("done"),
    ];
  },
  habits: [
    habit("get_customer", ({ ticket }) => steps.setPriority(ticket, "high")),
    habit("set_priority", () => steps.reply("done")),
  ],
};
