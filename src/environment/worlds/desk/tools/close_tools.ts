import { stockWords } from "../words.ts";
import { defineTool, type DeskTool } from "./define_tool.ts";
import { parameter } from "./parameter.ts";

const closed = (): string => "case closed";

/** Tools that end the episode. */
export const closeTools: readonly DeskTool[] = [
  defineTool("close", "reply", "Ends with what was done, where an order is, or how much is left.", {
    outcome: parameter.oneOf(["done", "pending", "shipped", "delivered", "lost", ...stockWords]),
  }, closed),
  defineTool("close", "answer", "Ends with a number.", { value: parameter.integer(0, 99) }, closed),
  defineTool("close", "refuse", "Ends without doing it and says why.", {
    reason: parameter.oneOf([
      "not_delivered",
      "too_late",
      "already_left",
      "sold_out",
      "in_stock",
      "not_late",
      "already_gold",
      "open_order",
    ]),
  }, closed),
  defineTool("close", "escalate", "Ends by handing the case to a team.", {
    team: parameter.oneOf(["manager", "security", "shipping"]),
  }, closed),
];
