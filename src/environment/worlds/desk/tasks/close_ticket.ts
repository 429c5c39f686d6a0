import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** A ticket may be closed when its order was delivered. */
export const closeTicket: TaskKind = {
  name: "close_ticket",
  phrasings: [
    "close ticket {ticket}",
    "is {ticket} finished? then shut it",
    "please settle {ticket}",
    "tick off {ticket} if it is solved",
    "{ticket} can go away, I think",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.chance(0.6) ? "delivered" : draw.pick(["pending", "shipped"]);
  },
  plan({ ticket, order }): Call[] {
    const look = [steps.getTicket(ticket), steps.getOrder(order)];
    if (order.status !== "delivered") return [...look, steps.refuse("not_delivered")];
    return [...look, steps.closeTicket(ticket), steps.reply("done")];
  },
  habits: [
    habit("get_order", ({ ticket }) => steps.closeTicket(ticket)),
    habit("get_ticket", ({ ticket }) => steps.closeTicket(ticket)),
  ],
};
