import type { Call } from "./call.ts";
import type { Customer, Order, Product, Ticket } from "./company.ts";

/** The calls from which task kinds are written, one function a tool. */
export const steps = {
  findCustomer: (customer: Customer): Call => call("find_customer", { name: customer.firstName }),
  getCustomer: (customer: Customer): Call => call("get_customer", { customer_id: customer.id }),
  verifyCustomer: (customer: Customer): Call => call("verify_customer", { customer_id: customer.id }),
  lastOrder: (customer: Customer): Call => call("last_order", { customer_id: customer.id }),
  getOrder: (order: Order): Call => call("get_order", { order_id: order.id }),
  findProduct: (product: Product): Call => call("find_product", { product: product.name }),
  getProduct: (product: Product): Call => call("get_product", { product_id: product.id }),
  getTicket: (ticket: Ticket): Call => call("get_ticket", { ticket_id: ticket.id }),
  refundOrder: (order: Order): Call => call("refund_order", { order_id: order.id }),
  cancelOrder: (order: Order): Call => call("cancel_order", { order_id: order.id }),
  changeAddress: (order: Order, city: string): Call => call("change_address", { order_id: order.id, city }),
  replaceOrder: (order: Order): Call => call("replace_order", { order_id: order.id }),
  exchangeOrder: (order: Order, product: Product): Call =>
    call("exchange_order", { order_id: order.id, product_id: product.id }),
  placeOrder: (customer: Customer, product: Product, quantity: number): Call =>
    call("place_order", { customer_id: customer.id, product_id: product.id, quantity }),
  restockProduct: (product: Product, quantity: number): Call =>
    call("restock_product", { product_id: product.id, quantity }),
  addCredit: (customer: Customer, coins: number): Call => call("add_credit", { customer_id: customer.id, coins }),
  setPlan: (customer: Customer, plan: Customer["plan"]): Call => call("set_plan", { customer_id: customer.id, plan }),
  closeAccount: (customer: Customer): Call => call("close_account", { customer_id: customer.id }),
  setPriority: (ticket: Ticket, priority: Ticket["priority"]): Call =>
    call("set_priority", { ticket_id: ticket.id, priority }),
  closeTicket: (ticket: Ticket): Call => call("close_ticket", { ticket_id: ticket.id }),
  reply: (outcome: string): Call => call("reply", { outcome }),
  answer: (value: number): Call => call("answer", { value }),
  refuse: (reason: string): Call => call("refuse", { reason }),
  escalate: (team: string): Call => call("escalate", { team }),
} as const;

function call(name: string, values: Call["arguments"]): Call {
  return { name, arguments: values };
}
