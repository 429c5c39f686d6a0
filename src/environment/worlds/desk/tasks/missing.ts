import type { Call } from "../call.ts";
import { habit } from "../habit.ts";
import { steps } from "../steps.ts";
import type { TaskKind } from "../task_kind.ts";

/** An order that never came: shipping looks for lost ones, others are on their way. */
export const missing: TaskKind = {
  name: "missing",
  phrasings: [
    "{order} never came",
    "I did not get {order}",
    "nobody brought me {order}",
    "my parcel {order} disappeared",
    "{order} is gone, help",
  ],
  prepare(focus, draw): void {
    focus.order.status = draw.pick(["lost", "lost", "shipped", "pending"]);
  },
  plan({ order }): Call[] {
    return [steps.getOrder(order), order.status === "lost" ? steps.escalate("shipping") : steps.reply(order.status)];
  },
  habits: [
    habit("get_order", () => steps.escalate("shipping")),
    ({ name }) => name === "escalate" ? steps.reply("lost") : name === "reply" ? steps.escalate("shipping") : undefined,
  ],
};
