import type { TaskKind } from "../task_kind.ts";
import { address } from "./address.ts";
import { buy } from "./buy.ts";
import { cancel } from "./cancel.ts";
import { closeTicket } from "./close_ticket.ts";
import { exchange } from "./exchange.ts";
import { lastOrder } from "./last_order.ts";
import { late } from "./late.ts";
import { leave } from "./leave.ts";
import { missing } from "./missing.ts";
import { price } from "./price.ts";
import { refund } from "./refund.ts";
import { replace } from "./replace.ts";
import { restock } from "./restock.ts";
import { status } from "./status.ts";
import { stock } from "./stock.ts";
import { triage } from "./triage.ts";
import { upgrade } from "./upgrade.ts";

/** Every kind of request; a new kind is a file of its own and a line here. */
export const taskKinds: readonly TaskKind[] = [
  refund,
  cancel,
  address,
  status,
  stock,
  price,
  replace,
  buy,
  closeTicket,
  triage,
  lastOrder,
  late,
  upgrade,
  exchange,
  restock,
  leave,
  missing,
];
