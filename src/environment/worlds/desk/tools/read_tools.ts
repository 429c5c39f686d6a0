import { ageWord, sizeWord, stockWord } from "../words.ts";
import { catalogue } from "../catalogue.ts";
import { withCustomer, withOrder, withProduct, withTicket } from "./_records.ts";
import { defineTool, type DeskTool } from "./define_tool.ts";
import { parameter } from "./parameter.ts";

/** Tools that look things up. What stands where in an answer never changes, so that an agent can learn the places. */
export const readTools: readonly DeskTool[] = [
  defineTool("read", "find_customer", "Finds a customer by first name.", {
    name: parameter.oneOf(catalogue.firstNames),
  }, (desk, v) => {
    const customer = desk.company.customers.find((one) => one.firstName === v.name);
    if (!customer) return `error: no customer ${v.name}`;
    desk.read.add(customer.id);
    return `${customer.id}: ${customer.firstName} ${customer.lastName}`;
  }),
  defineTool(
    "read",
    "get_customer",
    "Shows a customer.",
    { customer_id: parameter.id("C") },
    (desk, v) =>
      withCustomer(desk, v, (customer) => {
        desk.read.add(customer.id);
        return `${customer.id}: ${customer.plan}, ${customer.firstName} ${customer.lastName}`;
      }),
  ),
  defineTool(
    "read",
    "verify_customer",
    "Checks a customer's identity.",
    { customer_id: parameter.id("C") },
    (desk, v) =>
      withCustomer(desk, v, (customer) => {
        if (customer.blocked) return `${customer.id} failed the check`;
        customer.verified = true;
        return `${customer.id} passed the check`;
      }),
  ),
  defineTool(
    "read",
    "last_order",
    "Names a customer's newest order.",
    { customer_id: parameter.id("C") },
    (desk, v) =>
      withCustomer(desk, v, (customer) => {
        const [last, before] = desk.company.orders.filter((order) => order.customer === customer);
        return `${last.id} for ${customer.id}, before it ${before.id}`;
      }),
  ),
  defineTool(
    "read",
    "get_order",
    "Shows an order.",
    { order_id: parameter.id("O") },
    (desk, v) =>
      withOrder(desk, v, (order) => {
        desk.read.add(order.id);
        const note = order.note && `, ${order.note}`;
        return `${order.id}: ${order.status}, ${ageWord(order.days)}, ${
          sizeWord(order.coins)
        }, ${order.customer.id}, ${order.product.id}${note}`;
      }),
  ),
  defineTool(
    "read",
    "find_product",
    "Finds a product by name.",
    { product: parameter.oneOf(catalogue.products) },
    (desk, v) => {
      const product = desk.company.products.find((one) => one.name === v.product);
      return product ? `${product.id}: ${product.name}` : `error: no product ${v.product}`;
    },
  ),
  defineTool(
    "read",
    "get_product",
    "Shows a product.",
    { product_id: parameter.id("P") },
    (desk, v) =>
      withProduct(desk, v, (product) => {
        desk.read.add(product.id);
        return `${product.id}: ${stockWord(product.left)} left, ${product.coins} coins, ${product.name}`;
      }),
  ),
  defineTool(
    "read",
    "get_ticket",
    "Shows a ticket.",
    { ticket_id: parameter.id("T") },
    (desk, v) =>
      withTicket(desk, v, (ticket) => {
        desk.read.add(ticket.id);
        return `${ticket.id}: ${ticket.order.id}, ${ticket.order.customer.id}, ${ticket.priority}`;
      }),
  ),
];
