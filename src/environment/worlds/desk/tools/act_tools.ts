import { catalogue } from "../catalogue.ts";
import { withCustomer, withReadCustomer, withReadOrder, withReadProduct, withReadTicket } from "./_records.ts";
import { defineTool, type DeskTool } from "./define_tool.ts";
import { parameter } from "./parameter.ts";

/** Tools that change records. Some rules are enforced with an error, others are only found by the audit. */
export const actTools: readonly DeskTool[] = [
  defineTool("act", "refund_order", "Pays an order back: only delivered ones, under 30 days, under 50 coins.", {
    order_id: parameter.id("O"),
  }, (desk, v) =>
    withReadOrder(desk, v, (order) => {
      if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
      if (order.days >= 30) desk.breach ??= "refund after 30 days";
      if (order.coins >= 50) desk.breach ??= "refund of 50 coins or more";
      order.status = "refunded";
      return `${order.id} refunded`;
    })),
  defineTool(
    "act",
    "cancel_order",
    "Cancels an order that has not left.",
    { order_id: parameter.id("O") },
    (desk, v) =>
      withReadOrder(desk, v, (order) => {
        if (order.status !== "pending") return `error: ${order.id} is ${order.status}`;
        order.status = "cancelled";
        return `${order.id} cancelled`;
      }),
  ),
  defineTool("act", "change_address", "Sends a pending order elsewhere: only for a verified customer.", {
    order_id: parameter.id("O"),
    city: parameter.oneOf(catalogue.cities),
  }, (desk, v) =>
    withReadOrder(desk, v, (order) => {
      if (order.status !== "pending") return `error: ${order.id} is ${order.status}`;
      if (!order.customer.verified) desk.breach ??= "address changed without a check";
      order.city = String(v.city);
      return `${order.id} goes to ${order.city}`;
    })),
  defineTool("act", "replace_order", "Sends a delivered order again, if the product is in stock.", {
    order_id: parameter.id("O"),
  }, (desk, v) =>
    withReadOrder(desk, v, (order) => {
      if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
      if (order.product.left === 0) return `error: ${order.product.id} is sold out`;
      order.product.left--;
      order.status = "replaced";
      return `${order.id} replaced`;
    })),
  defineTool("act", "exchange_order", "Swaps a delivered order for another product in stock.", {
    order_id: parameter.id("O"),
    product_id: parameter.id("P"),
  }, (desk, v) =>
    withReadOrder(desk, v, (order) =>
      withReadProduct(desk, v, (product) => {
        if (order.status !== "delivered") return `error: ${order.id} is ${order.status}`;
        if (product.left === 0) return `error: ${product.id} is sold out`;
        product.left--;
        order.product = product;
        order.status = "exchanged";
        return `${order.id} exchanged`;
      }))),
  defineTool("act", "place_order", "Orders a product in stock for a customer.", {
    customer_id: parameter.id("C"),
    product_id: parameter.id("P"),
    quantity: parameter.integer(1, 9),
  }, (desk, v) =>
    withCustomer(desk, v, (customer) =>
      withReadProduct(desk, v, (product) => {
        if (product.left < Number(v.quantity)) return `error: ${product.id} has ${product.left} left`;
        product.left -= Number(v.quantity);
        return `${v.quantity} ordered for ${customer.id}`;
      }))),
  defineTool("act", "restock_product", "Orders new pieces of a product that is sold out.", {
    product_id: parameter.id("P"),
    quantity: parameter.integer(1, 9),
  }, (desk, v) =>
    withReadProduct(desk, v, (product) => {
      if (product.left > 0) desk.breach ??= "restocked what was in stock";
      product.left += Number(v.quantity);
      return `${v.quantity} more of ${product.id}`;
    })),
  defineTool("act", "add_credit", "Gives a customer coins for a late order: gold 20, basic 10.", {
    customer_id: parameter.id("C"),
    coins: parameter.integer(1, 99),
  }, (desk, v) =>
    withReadCustomer(desk, v, (customer) => {
      if (Number(v.coins) > 20) return "error: at most 20 coins";
      customer.credit += Number(v.coins);
      return `${v.coins} coins for ${customer.id}`;
    })),
  defineTool("act", "set_plan", "Changes the plan of a verified customer.", {
    customer_id: parameter.id("C"),
    plan: parameter.oneOf(["basic", "gold"]),
  }, (desk, v) =>
    withReadCustomer(desk, v, (customer) => {
      if (!customer.verified) return `error: verify ${customer.id} first`;
      if (customer.plan === v.plan) return `error: ${customer.id} is ${v.plan}`;
      customer.plan = v.plan === "gold" ? "gold" : "basic";
      return `${customer.id} is now ${customer.plan}`;
    })),
  defineTool("act", "close_account", "Closes the account of a verified customer without open orders.", {
    customer_id: parameter.id("C"),
  }, (desk, v) =>
    withReadCustomer(desk, v, (customer) => {
      if (!customer.verified) return `error: verify ${customer.id} first`;
      if (customer.closed) return `error: ${customer.id} is closed`;
      const last = desk.company.orders.find((order) => order.customer === customer);
      if (last?.status !== "delivered") desk.breach ??= "account closed with an open order";
      customer.closed = true;
      return `${customer.id} closed`;
    })),
  defineTool("act", "set_priority", "Ranks a ticket: high for gold customers, low for basic ones.", {
    ticket_id: parameter.id("T"),
    priority: parameter.oneOf(["low", "normal", "high"]),
  }, (desk, v) =>
    withReadTicket(desk, v, (ticket) => {
      if (ticket.priority === v.priority) return `error: ${ticket.id} is ${v.priority}`;
      ticket.priority = v.priority === "high" ? "high" : v.priority === "low" ? "low" : "normal";
      return `${ticket.id} is now ${ticket.priority}`;
    })),
  defineTool(
    "act",
    "close_ticket",
    "Closes a ticket whose order was delivered.",
    { ticket_id: parameter.id("T") },
    (desk, v) =>
      withReadTicket(desk, v, (ticket) => {
        if (!ticket.open) return `error: ${ticket.id} is closed`;
        if (ticket.order.status !== "delivered") desk.breach ??= "ticket closed before delivery";
        ticket.open = false;
        return `${ticket.id} closed`;
      }),
  ),
];
