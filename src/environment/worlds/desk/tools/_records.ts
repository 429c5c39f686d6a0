import type { Customer, Order, Product, Ticket } from "../company.ts";
import type { Desk, Values } from "./define_tool.ts";

/** Answers about the customer that the call names. */
export function withCustomer(desk: Desk, values: Values, use: (customer: Customer) => string): string {
  const customer = desk.company.customers.find((one) => one.id === values.customer_id);
  return customer ? use(customer) : `error: no customer ${values.customer_id}`;
}

/** Answers about the order that the call names. */
export function withOrder(desk: Desk, values: Values, use: (order: Order) => string): string {
  const order = desk.company.orders.find((one) => one.id === values.order_id);
  return order ? use(order) : `error: no order ${values.order_id}`;
}

/** Answers about the product that the call names. */
export function withProduct(desk: Desk, values: Values, use: (product: Product) => string): string {
  const product = desk.company.products.find((one) => one.id === values.product_id);
  return product ? use(product) : `error: no product ${values.product_id}`;
}

/** Answers about the ticket that the call names. */
export function withTicket(desk: Desk, values: Values, use: (ticket: Ticket) => string): string {
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

/** Answers about the customer that the call names, once it was read. */
export function withReadCustomer(desk: Desk, values: Values, use: (customer: Customer) => string): string {
  return withCustomer(desk, values, unlessUnread(desk, use));
}

/** Answers about the order that the call names, once it was read. */
export function withReadOrder(desk: Desk, values: Values, use: (order: Order) => string): string {
  return withOrder(desk, values, unlessUnread(desk, use));
}

/** Answers about the product that the call names, once it was read. */
export function withReadProduct(desk: Desk, values: Values, use: (product: Product) => string): string {
  return withProduct(desk, values, unlessUnread(desk, use));
}

/** Answers about the ticket that the call names, once it was read. */
export function withReadTicket(desk: Desk, values: Values, use: (ticket: Ticket) => string): string {
  return withTicket(desk, values, unlessUnread(desk, use));
}
