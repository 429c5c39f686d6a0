import type { Call } from "./call.ts";
import type { Customer, Order, Product, Ticket } from "./company.ts";
import type { Draw } from "./draw.ts";

/** What one request is about. `ticket` is about `order`, which `customer` made and which was for `product`. */
export interface Focus {
  readonly customer: Customer;
  readonly order: Order;
  readonly product: Product;
  /** Another product that the request may name. */
  readonly wish: Product;
  readonly ticket: Ticket;
  /** An order of the same customer that has nothing to do with it. */
  readonly other: Order;
  readonly city: string;
  /** 1 to 3. */
  readonly quantity: number;
}

/**
 * What the scripted expert wrongly does out of habit where `instead of` would be right; undefined where the habit does not
 * show.
 */
export type Habit = (insteadOf: Call, focus: Focus) => Call | undefined;

/** A kind of request: how people put it, which state its rules ask about, and what is right to do. */
export interface TaskKind {
  readonly name: string;
  /** Requests with places `{order} {ticket} {customer} {name} {product} {wish} {city} {quantity}`. */
  readonly phrasings: readonly string[];
  /** Draws the state that the rules ask about, so that each branch is common. */
  prepare(focus: Focus, draw: Draw): void;
  /** The right calls in order, the last one closing; follows from the state alone. */
  plan(focus: Focus): Call[];
  /** The expert's habits; trap phrasings take turns in showing them. */
  readonly habits: readonly Habit[];
}
