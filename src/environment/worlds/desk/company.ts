import type { Split } from "../../environment.ts";
import { catalogue } from "./catalogue.ts";
import type { Draw } from "./draw.ts";
import { idDigits } from "./id_digits.ts";

/** Someone who buys. */
export interface Customer {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  plan: "basic" | "gold";
  /** An identity check of this customer fails. */
  blocked: boolean;
  verified: boolean;
  closed: boolean;
  credit: number;
}

/** Something that is sold. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly coins: number;
  /** Pieces in stock: none, or enough for any order. */
  left: number;
}

/** Where an order can be: the first four before the desk acts, the others after. */
export type OrderStatus =
  | "pending"
  | "shipped"
  | "delivered"
  | "lost"
  | "cancelled"
  | "refunded"
  | "replaced"
  | "exchanged";

/** One purchase. */
export interface Order {
  readonly id: string;
  readonly customer: Customer;
  product: Product;
  status: OrderStatus;
  /** Age in days, 10 to 60, a multiple of five. */
  days: number;
  /** What was paid, 10 to 90, a multiple of ten. */
  coins: number;
  city: string;
  /** A remark that matters to no rule; often empty. */
  note: string;
}

/** One complaint about one order. */
export interface Ticket {
  readonly id: string;
  readonly order: Order;
  open: boolean;
  priority: "low" | "normal" | "high";
}

/** A small company with its state. Order `i` is the newest of customer `i`, order `i + customers` an older one. */
export interface Company {
  readonly name: string;
  readonly customers: readonly Customer[];
  readonly products: readonly Product[];
  readonly orders: readonly Order[];
  readonly tickets: readonly Ticket[];
}

const customerCount = 4;
const productCount = 5;

/**
 * Draws a company of `split`.
 *
 * Names of companies and of customers are pairs of words, and each pair belongs to one split only, so that splits share no
 * company and no name though they share all words.
 *
 * @param distractorShare Chance of an order to carry a remark.
 */
export function drawCompany(draw: Draw, split: Split, distractorShare: number): Company {
  const first = draw.below(catalogue.companyFirsts.length);
  const second = drawPartner(draw, split, first);
  const customerIds = drawIds(draw, "C", customerCount);
  const productIds = drawIds(draw, "P", productCount);
  const orderIds = drawIds(draw, "O", 2 * customerCount);
  const ticketIds = drawIds(draw, "T", customerCount);
  const customers = customerIds.map((id, index) => drawCustomer(draw, split, id, index));
  const firstProduct = draw.below(catalogue.products.length);
  const products = productIds.map((id, index): Product => ({
    id,
    // Three is coprime to the list's length: names within a company differ.
    name: catalogue.products[(firstProduct + 3 * index) % catalogue.products.length],
    coins: drawCoins(draw, 10, 90),
    left: draw.chance(0.3) ? 0 : 4 + draw.below(6),
  }));
  const orders = orderIds.map((id, index): Order => ({
    id,
    customer: customers[index % customerCount],
    product: products[index % productCount],
    status: draw.pick(statuses),
    days: index < customerCount ? drawDays(draw, 10, 55) : 60,
    coins: drawCoins(draw, 10, 90),
    city: draw.pick(catalogue.cities),
    note: draw.chance(distractorShare) ? draw.pick(catalogue.notes) : "",
  }));
  const tickets = ticketIds.map((id, index): Ticket => ({ id, order: orders[index], open: true, priority: "normal" }));
  return {
    name: `${catalogue.companyFirsts[first]} ${catalogue.companySeconds[second]}`,
    customers,
    products,
    orders,
    tickets,
  };
}

/** An age in days, a multiple of five. */
export function drawDays(draw: Draw, least: number, most: number): number {
  return least + 5 * draw.below((most - least) / 5 + 1);
}

/** A price in coins, a multiple of ten. */
export function drawCoins(draw: Draw, least: number, most: number): number {
  return least + 10 * draw.below((most - least) / 10 + 1);
}

const statuses = ["pending", "shipped", "delivered", "lost"] as const;

function drawCustomer(draw: Draw, split: Split, id: string, index: number): Customer {
  // Customers of one company take their first names from different parts of the list.
  const part = catalogue.firstNames.length / customerCount;
  const first = part * index + draw.below(part);
  const last = drawPartner(draw, split, first) + 10 * draw.below(2);
  return {
    id,
    firstName: catalogue.firstNames[first],
    lastName: catalogue.lastNames[last],
    plan: draw.chance(0.5) ? "gold" : "basic",
    blocked: draw.chance(0.3),
    verified: false,
    closed: false,
    credit: 0,
  };
}

/** An index below 10 whose sum with `first` modulo 10 names the split: 0 to 7 train, 8 validation, 9 test. */
function drawPartner(draw: Draw, split: Split, first: number): number {
  const sum = split === "train" ? draw.below(8) : split === "validation" ? 8 : 9;
  return (sum - first % 10 + 10) % 10;
}

/** Different ids of one letter and digits, the first of which is not 0. */
function drawIds(draw: Draw, prefix: string, count: number): string[] {
  const ids: string[] = [];
  const least = 10 ** (idDigits - 1);
  while (ids.length < count) {
    const id = prefix + (least + draw.below(9 * least));
    if (!ids.includes(id)) ids.push(id);
  }
  return ids;
}
