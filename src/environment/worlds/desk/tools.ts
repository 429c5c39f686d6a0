import type { Tool, ToolParameter } from "../../../episode/mod.ts";
import { catalogue } from "./catalogue.ts";
import type { Company, Customer, Order, Product, Ticket } from "./company.ts";

/** A company being served: its state, what was read so far, and the first rule that was broken unseen. */
export interface Desk {
  readonly company: Company;
  /** Ids whose records were read. */
  readonly read: Set<string>;
  /** A call that went through though a rule forbids it; the audit finds it. */
  breach?: string;
}

/** A tool and what it does. `read` tools change no record, `act` tools do, `close` tools end the episode. */
export interface DeskTool {
  readonly tool: Tool;
  readonly kind: "read" | "act" | "close";
  /** Answers a valid call; texts that begin with "error:" changed nothing. */
  run(desk: Desk, values: Readonly<Record<string, string | number>>): string;
}

const id = (prefix: string): ToolParameter => ({ type: "string", pattern: `^${prefix}[0-9]{3}$` });
const oneOf = (list: readonly string[]): ToolParameter => ({ type: "string", enum: list });
const integer = (minimum: number, maximum: number): ToolParameter => ({ type: "integer", minimum, maximum });

const list: DeskTool[] = [];
function define(
  kind: DeskTool["kind"],
  name: string,
  description: string,
  properties: Readonly<Record<string, ToolParameter>>,
  run: DeskTool["run"],
): void {
  const parameters = { type: "object", properties, required: Object.keys(properties) } as const;
  list.push({ tool: { name, description, parameters }, kind, run });
}

// Reading: what stands where in an answer never changes, so that an agent can learn the places.
define("read", "find_customer", "Finds a customer by first name.", { name: oneOf(catalogue.firstNames) }, (desk, v) => {
  const customer = desk.company.customers.find((one) => one.firstName === v.name);
  if (!customer) return `error: no customer ${v.name}`;
  desk.read.add(customer.id);
  return `${customer.id}: ${customer.firstName} ${customer.lastName}`;
});
define(
  "read",
  "get_customer",
  "Shows a customer.",
  { customer_id: id("C") },
  (desk, v) =>
    withCustomer(desk, v, (customer) => {
      desk.read.add(customer.id);
      return `${customer.id}: ${customer.plan}, ${customer.firstName} ${customer.lastName}`;
    }),
);
define(
  "read",
  "verify_customer",
  "Checks a customer's identity.",
  { customer_id: id("C") },
  (desk, v) =>
    withCustomer(desk, v, (customer) => {
      if (customer.blocked) return `${customer.id} failed the check`;
      customer.verified = true;
      return `${customer.id} passed the check`;
    }),
);
define(
  "read",
  "last_order",
  "Names a customer's newest order.",
  { customer_id: id("C") },
  (desk, v) =>
    withCustomer(desk, v, (customer) => {
      const [last, before] = desk.company.orders.filter((order) => order.customer === customer);
      return `${last.id} for ${customer.id}, before it ${before.id}`;
    }),
);
define("read", "get_order", "Shows an order.", { order_id: id("O") }, (desk, v) =>
  withOrder(desk, v, (order) => {
    desk.read.add(order.id);
    const note = order.note && `, ${order.note}`;
    return `${order.id}: ${order.status}, ${order.days} days, ${order.coins} coins, ${order.customer.id}, ${order.product.id}${note}`;
  }));
define("read", "find_product", "Finds a product by name.", { product: oneOf(catalogue.products) }, (desk, v) => {
  const product = desk.company.products.find((one) => one.name === v.product);
  return product ? `${product.id}: ${product.name}` : `error: no product ${v.product}`;
});
define(
  "read",
  "get_product",
  "Shows a product.",
  { product_id: id("P") },
  (desk, v) =>
    withProduct(desk, v, (product) => {
      desk.read.add(product.id);
      return `${product.id}: ${product.left} left, ${product.coins} coins, ${product.name}`;
    }),
);
define("read", "get_ticket", "Shows a ticket.", { ticket_id: id("T") }, (desk, v) =>
  withTicket(desk, v, (ticket) => {
    desk.read.add(ticket.id);
    return `${ticket.id}: ${ticket.order.id}, ${ticket.order.customer.id}, ${ticket.priority}`;
  }));

// Acting: some rules are enforced with an error, others only by the audit.
define("act", "refund_order", "Pays an order back: only delivered ones, under 30 days, under 50 coins.", {
  order_id: id("O"),
}, (desk, v) =>
  withReadOrder(desk, v, (order) => {
    if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
    if (order.days >= 30) desk.breach ??= "refund after 30 days";
    if (order.coins >= 50) desk.breach ??= "refund of 50 coins or more";
    order.status = "refunded";
    return `${order.id} refunded`;
  }));
define(
  "act",
  "cancel_order",
  "Cancels an order that has not left.",
  { order_id: id("O") },
  (desk, v) =>
    withReadOrder(desk, v, (order) => {
      if (order.status !== "pending") return `error: ${order.id} is ${order.status}`;
      order.status = "cancelled";
      return `${order.id} cancelled`;
    }),
);
define("act", "change_address", "Sends a pending order elsewhere: only for a verified customer.", {
  order_id: id("O"),
  city: oneOf(catalogue.cities),
}, (desk, v) =>
  withReadOrder(desk, v, (order) => {
    if (order.status !== "pending") return `error: ${order.id} is ${order.status}`;
    if (!order.customer.verified) desk.breach ??= "address changed without a check";
    order.city = String(v.city);
    return `${order.id} goes to ${order.city}`;
  }));
define(
  "act",
  "replace_order",
  "Sends a delivered order again, if the product is in stock.",
  { order_id: id("O") },
  (desk, v) =>
    withReadOrder(desk, v, (order) => {
      if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
      if (order.product.left === 0) return `error: ${order.product.id} is sold out`;
      order.product.left--;
      order.status = "replaced";
      return `${order.id} replaced`;
    }),
);
define("act", "exchange_order", "Swaps a delivered order for another product in stock.", {
  order_id: id("O"),
  product_id: id("P"),
}, (desk, v) =>
  withReadOrder(desk, v, (order) =>
    withReadProduct(desk, v, (product) => {
      if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
      if (product.left === 0) return `error: ${product.id} is sold out`;
      product.left--;
      order.product = product;
      order.status = "exchanged";
      return `${order.id} exchanged`;
    })));
define("act", "place_order", "Orders a product in stock for a customer.", {
  customer_id: id("C"),
  product_id: id("P"),
  quantity: integer(1, 9),
}, (desk, v) =>
  withCustomer(desk, v, (customer) =>
    withReadProduct(desk, v, (product) => {
      if (product.left < Number(v.quantity)) return `error: ${product.id} has ${product.left} left`;
      product.left -= Number(v.quantity);
      return `${v.quantity} ordered for ${customer.id}`;
    })));
define("act", "restock_product", "Orders new pieces of a product that is sold out.", {
  product_id: id("P"),
  quantity: integer(1, 9),
}, (desk, v) =>
  withReadProduct(desk, v, (product) => {
    if (product.left > 0) desk.breach ??= "restocked what was in stock";
    product.left += Number(v.quantity);
    return `${v.quantity} more of ${product.id}`;
  }));
define("act", "add_credit", "Gives a customer coins for a late order: gold 20, basic 10.", {
  customer_id: id("C"),
  coins: integer(1, 99),
}, (desk, v) =>
  withReadCustomer(desk, v, (customer) => {
    if (Number(v.coins) > 20) return "error: at most 20 coins";
    customer.credit += Number(v.coins);
    return `${v.coins} coins for ${customer.id}`;
  }));
define("act", "set_plan", "Changes the plan of a verified customer.", {
  customer_id: id("C"),
  plan: oneOf(["basic", "gold"]),
}, (desk, v) =>
  withReadCustomer(desk, v, (customer) => {
    if (!customer.verified) return `error: verify ${customer.id} first`;
    if (customer.plan === v.plan) return `error: ${customer.id} is ${v.plan}`;
    customer.plan = v.plan === "gold" ? "gold" : "basic";
    return `${customer.id} is now ${customer.plan}`;
  }));
define("act", "close_account", "Closes the account of a verified customer without open orders.", {
  customer_id: id("C"),
}, (desk, v) =>
  withReadCustomer(desk, v, (customer) => {
    if (!customer.verified) return `error: verify ${customer.id} first`;
    if (customer.closed) return `error: ${customer.id} is closed`;
    const last = desk.company.orders.find((order) => order.customer === customer);
    if (last?.status !== "delivered") desk.breach ??= "account closed with an open order";
    customer.closed = true;
    return `${customer.id} closed`;
  }));
define("act", "set_priority", "Ranks a ticket: high for gold customers, low for basic ones.", {
  ticket_id: id("T"),
  priority: oneOf(["low", "normal", "high"]),
}, (desk, v) =>
  withReadTicket(desk, v, (ticket) => {
    if (ticket.priority === v.priority) return `error: ${ticket.id} is ${v.priority}`;
    ticket.priority = v.priority === "high" ? "high" : v.priority === "low" ? "low" : "normal";
    return `${ticket.id} is now ${ticket.priority}`;
  }));
define(
  "act",
  "close_ticket",
  "Closes a ticket whose order was delivered.",
  { ticket_id: id("T") },
  (desk, v) =>
    withReadTicket(desk, v, (ticket) => {
      if (!ticket.open) return `error: ${ticket.id} is closed`;
      if (ticket.order.status !== "delivered") desk.breach ??= "ticket closed before delivery";
      ticket.open = false;
      return `${ticket.id} closed`;
    }),
);

// Closing.
const closed = (): string => "case closed";
define("close", "reply", "Ends with what was done or where an order is.", {
  outcome: oneOf(["done", "pending", "shipped", "delivered", "lost"]),
}, closed);
define("close", "answer", "Ends with a number.", { value: integer(0, 99) }, closed);
define("close", "refuse", "Ends without doing it and says why.", {
  reason: oneOf([
    "not_delivered",
    "too_late",
    "already_left",
    "sold_out",
    "in_stock",
    "not_late",
    "already_gold",
    "open_order",
  ]),
}, closed);
define(
  "close",
  "escalate",
  "Ends by handing the case to a team.",
  { team: oneOf(["manager", "security", "shipping"]) },
  closed,
);

/** All tools of the desk by name. */
export const tools: ReadonlyMap<string, DeskTool> = new Map(list.map((entry) => [entry.tool.name, entry]));

type Values = Readonly<Record<string, string | number>>;

function withCustomer(desk: Desk, values: Values, use: (customer: Customer) => string): string {
  const customer = desk.company.customers.find((one) => one.id === values.customer_id);
  return customer ? use(customer) : `error: no customer ${values.customer_id}`;
}
function withOrder(desk: Desk, values: Values, use: (order: Order) => string): string {
  const order = desk.company.orders.find((one) => one.id === values.order_id);
  return order ? use(order) : `error: no order ${values.order_id}`;
}
function withProduct(desk: Desk, values: Values, use: (product: Product) => string): string {
  const product = desk.company.products.find((one) => one.id === values.product_id);
  return product ? use(product) : `error: no product ${values.product_id}`;
}
function withTicket(desk: Desk, values: Values, use: (ticket: Ticket) => string): string {
  const ticket = desk.company.tickets.find((one) => one.id === values.ticket_id);
  return ticket ? use(ticket) : `error: no ticket ${values.ticket_id}`;
}

/** Nothing may be changed unseen. */
function unlessUnread<T extends { readonly id: string }>(
  desk: Desk,
  use: (record: T) => string,
): (record: T) => string {
  return (record) => desk.read.has(record.id) ? use(record) : `error: read ${record.id} first`;
}
function withReadCustomer(desk: Desk, values: Values, use: (customer: Customer) => string): string {
  return withCustomer(desk, values, unlessUnread(desk, use));
}
function withReadOrder(desk: Desk, values: Values, use: (order: Order) => string): string {
  return withOrder(desk, values, unlessUnread(desk, use));
}
function withReadProduct(desk: Desk, values: Values, use: (product: Product) => string): string {
  return withProduct(desk, values, unlessUnread(desk, use));
}
function withReadTicket(desk: Desk, values: Values, use: (ticket: Ticket) => string): string {
  return withTicket(desk, values, unlessUnread(desk, use));
}
