import type { Split } from "../../environment.ts";
import { type Call, formatCall } from "./call.ts";
import { catalogue } from "./catalogue.ts";
import { type Company, drawCompany } from "./company.ts";
import { type Draw, openDraw } from "./draw.ts";
import type { DeskOptions } from "./options.ts";
import type { Focus, TaskKind } from "./task_kind.ts";
import { taskKinds } from "./tasks/mod.ts";

/** One request to one company, with what is right to do. */
export interface Task {
  readonly kind: TaskKind;
  /** Index of the phrasing within its kind. */
  readonly phrasing: number;
  readonly company: Company;
  readonly focus: Focus;
  readonly request: string;
  readonly plan: readonly Call[];
  /** The plan as written. */
  readonly planTexts: readonly string[];
}

const streams: Readonly<Record<Split, number>> = { train: 0, validation: 1, test: 2 };

/** Draws the task of `seed`; equal arguments give equal tasks. */
export function drawTask(seed: number, split: Split, options: DeskOptions): Task {
  const draw = openDraw(seed, streams[split]);
  const company = drawCompany(draw, split, options.distractorShare);
  const kind = chooseKind(draw, options.kinds);
  const focus = drawFocus(draw, company);
  kind.prepare(focus, draw);
  const phrasing = draw.below(kind.phrasings.length);
  const request = addChatter(fill(kind.phrasings[phrasing], focus), draw, company, focus, options.distractorShare);
  const plan = kind.plan(focus);
  return { kind, phrasing, company, focus, request, plan, planTexts: plan.map(formatCall) };
}

function chooseKind(draw: Draw, names: readonly string[]): TaskKind {
  const name = draw.pick(names);
  return taskKinds.find((kind) => kind.name === name) ?? taskKinds[0];
}

function drawFocus(draw: Draw, company: Company): Focus {
  const who = draw.below(company.customers.length);
  const order = company.orders[who];
  const products = company.products;
  return {
    customer: order.customer,
    order,
    product: order.product,
    wish: products[(products.indexOf(order.product) + 1 + draw.below(products.length - 1)) % products.length],
    ticket: company.tickets[who],
    other: company.orders[who + company.customers.length],
    city: draw.pick(catalogue.cities),
    quantity: 1 + draw.below(3),
  };
}

const places: Readonly<Record<string, (focus: Focus) => string | number>> = {
  order: (focus) => focus.order.id,
  ticket: (focus) => focus.ticket.id,
  customer: (focus) => focus.customer.id,
  name: (focus) => focus.customer.firstName,
  wish: (focus) => focus.wish.name,
  city: (focus) => focus.city,
  quantity: (focus) => focus.quantity,
};

function fill(phrasing: string, focus: Focus): string {
  return phrasing.replace(/\{([a-z]+)\}/g, (_, place: string) => String(places[place](focus)));
}

const greetings = ["hi,", "good morning,", "sorry to ask,", "quick one:"] as const;

/** Puts words around a request that change nothing; another order is only ever named after the one that matters. */
function addChatter(request: string, draw: Draw, company: Company, focus: Focus, share: number): string {
  if (!draw.chance(share)) return request;
  const namesOrder = request.includes(focus.order.id);
  switch (draw.below(namesOrder ? 5 : 3)) {
    case 0:
      return `${draw.pick(greetings)} ${request}`;
    case 1:
      return `hello ${company.name}, ${request}`;
    case 2:
      return `${request} thanks a lot`;
    case 3:
      return `${request} not ${focus.other.id}`;
    default:
      return `${request} by the way, ${focus.other.id} was fine`;
  }
}
