import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Company } from "../../../../src/environment/worlds/desk/company.ts";
import { type Desk, tools } from "../../../../src/environment/worlds/desk/tools/mod.ts";

describe("tools", () => {
  it("have schemas of the three kinds, with all arguments required in order", () => {
    for (const [name, { tool }] of tools) {
      assert.equal(tool.name, name);
      assert.deepEqual(tool.parameters.required, Object.keys(tool.parameters.properties));
      for (const parameter of Object.values(tool.parameters.properties)) {
        const isKnown = "enum" in parameter
          ? parameter.enum.length > 1
          : parameter.type === "integer"
          ? parameter.minimum < parameter.maximum
          : /^\^[A-Z]\[0-9\]\{\d\}\$$/.test(parameter.pattern);
        assert.ok(isKnown, name);
      }
    }
  });

  it("answer in a fixed order when records are read", () => {
    const desk = openDesk();
    assert.equal(use(desk, "find_customer", { name: "Ada" }), "C101: Ada Moss");
    assert.equal(use(desk, "get_customer", { customer_id: "C101" }), "C101: basic, Ada Moss");
    assert.equal(use(desk, "last_order", { customer_id: "C101" }), "O101 for C101, before it O102");
    assert.equal(use(desk, "get_order", { order_id: "O101" }), "O101: delivered, new, medium, C101, P101, gift");
    assert.equal(use(desk, "find_product", { product: "lamp" }), "P101: lamp");
    assert.equal(use(desk, "get_product", { product_id: "P102" }), "P102: none left, 30 coins, clock");
    assert.equal(use(desk, "get_ticket", { ticket_id: "T101" }), "T101: O101, C101, normal");
    assert.equal(use(desk, "verify_customer", { customer_id: "C101" }), "C101 passed the check");
    assert.equal(use(desk, "verify_customer", { customer_id: "C102" }), "C102 failed the check");
  });

  it("name what does not exist", () => {
    const desk = openDesk();
    assert.equal(use(desk, "find_customer", { name: "Uma" }), "error: no customer Uma");
    assert.equal(use(desk, "find_product", { product: "drawer" }), "error: no product drawer");
    assert.equal(use(desk, "get_customer", { customer_id: "C999" }), "error: no customer C999");
    assert.equal(use(desk, "get_order", { order_id: "O999" }), "error: no order O999");
    assert.equal(use(desk, "get_product", { product_id: "P999" }), "error: no product P999");
    assert.equal(use(desk, "get_ticket", { ticket_id: "T999" }), "error: no ticket T999");
  });

  it("change nothing unread", () => {
    const desk = openDesk();
    const before = structuredClone(desk.company);
    const orders = { order_id: "O101", city: "Oslo", product_id: "P101" };
    for (const name of ["refund_order", "cancel_order", "change_address", "replace_order", "exchange_order"]) {
      assert.equal(use(desk, name, orders), "error: read O101 first");
    }
    for (const name of ["place_order", "restock_product"]) {
      const text = use(desk, name, { customer_id: "C101", product_id: "P101", quantity: 2 });
      assert.equal(text, "error: read P101 first");
    }
    for (const name of ["add_credit", "set_plan", "close_account"]) {
      assert.equal(use(desk, name, { customer_id: "C101", coins: 5, plan: "gold" }), "error: read C101 first");
    }
    for (const name of ["set_priority", "close_ticket"]) {
      assert.equal(use(desk, name, { ticket_id: "T101", priority: "low" }), "error: read T101 first");
    }
    assert.deepEqual(desk.company, before);
  });

  it("refuse what a record's state forbids", () => {
    const desk = openDesk();
    readAll(desk);
    assert.equal(use(desk, "refund_order", { order_id: "O102" }), "error: O102 is shipped");
    assert.equal(use(desk, "cancel_order", { order_id: "O102" }), "error: O102 is shipped");
    assert.equal(use(desk, "change_address", { order_id: "O102", city: "Oslo" }), "error: O102 is shipped");
    assert.equal(use(desk, "replace_order", { order_id: "O102" }), "error: O102 is shipped");
    assert.equal(use(desk, "replace_order", { order_id: "O104" }), "error: P102 is sold out");
    assert.equal(use(desk, "exchange_order", { order_id: "O102", product_id: "P101" }), "error: O102 is shipped");
    assert.equal(use(desk, "exchange_order", { order_id: "O101", product_id: "P102" }), "error: P102 is sold out");
    const order = { customer_id: "C101", product_id: "P102", quantity: 1 };
    assert.equal(use(desk, "place_order", order), "error: P102 has 0 left");
    assert.equal(use(desk, "add_credit", { customer_id: "C101", coins: 21 }), "error: at most 20 coins");
    assert.equal(use(desk, "set_plan", { customer_id: "C101", plan: "gold" }), "error: verify C101 first");
    assert.equal(use(desk, "close_account", { customer_id: "C101" }), "error: verify C101 first");
    assert.equal(use(desk, "set_priority", { ticket_id: "T101", priority: "normal" }), "error: T101 is normal");
    assert.equal(desk.breach, undefined);
  });

  it("refuse the same change twice", () => {
    const desk = openDesk();
    readAll(desk);
    use(desk, "verify_customer", { customer_id: "C101" });
    assert.equal(use(desk, "refund_order", { order_id: "O101" }), "O101 refunded");
    assert.equal(use(desk, "refund_order", { order_id: "O101" }), "error: O101 is refunded");
    assert.equal(use(desk, "cancel_order", { order_id: "O103" }), "O103 cancelled");
    assert.equal(use(desk, "cancel_order", { order_id: "O103" }), "error: O103 is cancelled");
    assert.equal(use(desk, "set_plan", { customer_id: "C101", plan: "gold" }), "C101 is now gold");
    assert.equal(use(desk, "set_plan", { customer_id: "C101", plan: "gold" }), "error: C101 is gold");
    assert.equal(use(desk, "set_plan", { customer_id: "C101", plan: "basic" }), "C101 is now basic");
    assert.equal(use(desk, "close_account", { customer_id: "C101" }), "C101 closed");
    assert.equal(use(desk, "close_account", { customer_id: "C101" }), "error: C101 is closed");
    assert.equal(use(desk, "close_ticket", { ticket_id: "T101" }), "T101 closed");
    assert.equal(use(desk, "close_ticket", { ticket_id: "T101" }), "error: T101 is closed");
  });

  it("change records when the rules allow it", () => {
    const desk = openDesk();
    readAll(desk);
    const { orders, products, customers, tickets } = desk.company;
    use(desk, "verify_customer", { customer_id: "C102" });
    use(desk, "verify_customer", { customer_id: "C103" });
    assert.equal(use(desk, "change_address", { order_id: "O103", city: "Lima" }), "O103 goes to Lima");
    assert.equal(orders[2].city, "Lima");
    assert.equal(use(desk, "exchange_order", { order_id: "O104", product_id: "P101" }), "O104 exchanged");
    assert.deepEqual([orders[3].status, orders[3].product.id, products[0].left], ["exchanged", "P101", 4]);
    assert.equal(use(desk, "replace_order", { order_id: "O101" }), "O101 replaced");
    assert.deepEqual([orders[0].status, products[0].left], ["replaced", 3]);
    const order = { customer_id: "C101", product_id: "P101", quantity: 2 };
    assert.equal(use(desk, "place_order", order), "2 ordered for C101");
    assert.equal(products[0].left, 1);
    assert.equal(use(desk, "restock_product", { product_id: "P102", quantity: 9 }), "9 more of P102");
    assert.equal(products[1].left, 9);
    assert.equal(use(desk, "add_credit", { customer_id: "C101", coins: 10 }), "10 coins for C101");
    assert.equal(customers[0].credit, 10);
    assert.equal(use(desk, "set_priority", { ticket_id: "T101", priority: "high" }), "T101 is now high");
    assert.equal(use(desk, "set_priority", { ticket_id: "T101", priority: "low" }), "T101 is now low");
    assert.equal(use(desk, "set_priority", { ticket_id: "T101", priority: "normal" }), "T101 is now normal");
    assert.equal(tickets[0].priority, "normal");
    assert.equal(desk.breach, undefined);
  });

  const breaches: readonly (readonly [string, Readonly<Record<string, string | number>>, string])[] = [
    ["refund_order", { order_id: "O104" }, "refund after 30 days"],
    ["refund_order", { order_id: "O105" }, "refund of 50 coins or more"],
    ["change_address", { order_id: "O103", city: "Rome" }, "address changed without a check"],
    ["restock_product", { product_id: "P101", quantity: 9 }, "restocked what was in stock"],
    ["close_account", { customer_id: "C103" }, "account closed with an open order"],
    ["close_ticket", { ticket_id: "T102" }, "ticket closed before delivery"],
  ];
  for (const [name, values, breach] of breaches) {
    it(`let ${name} through and note '${breach}' when only the audit forbids it`, () => {
      const desk = openDesk();
      readAll(desk);
      if (name === "close_account") use(desk, "verify_customer", { customer_id: "C103" });
      assert.ok(!use(desk, name, values).startsWith("error:"));
      assert.equal(desk.breach, breach);
    });
  }
});

function use(desk: Desk, name: string, values: Readonly<Record<string, string | number>>): string {
  return tools.get(name)?.run(desk, values) ?? "no such tool";
}

function readAll(desk: Desk): void {
  const { customers, products, orders, tickets } = desk.company;
  for (const record of [...customers, ...products, ...orders, ...tickets]) desk.read.add(record.id);
}

/** A company with one record of each state that the rules ask about. */
function openDesk(): Desk {
  const customer = (id: string, firstName: string, blocked: boolean): Company["customers"][number] => (
    { id, firstName, lastName: "Moss", plan: "basic", blocked, verified: false, closed: false, credit: 0 }
  );
  const customers = [customer("C101", "Ada", false), customer("C102", "Ben", true), customer("C103", "Cleo", false)];
  const products = [{ id: "P101", name: "lamp", coins: 20, left: 5 }, {
    id: "P102",
    name: "clock",
    coins: 30,
    left: 0,
  }];
  const order = { customer: customers[0], product: products[0], days: 12, coins: 40, city: "home", note: "" };
  const orders: Company["orders"] = [
    { ...order, id: "O101", status: "delivered", note: "gift" },
    { ...order, id: "O102", status: "shipped" },
    { ...order, id: "O103", customer: customers[2], status: "pending" },
    { ...order, id: "O104", customer: customers[1], status: "delivered", product: products[1], days: 30 },
    { ...order, id: "O105", customer: customers[1], status: "delivered", coins: 50 },
  ];
  const tickets: Company["tickets"] = [
    { id: "T101", order: orders[0], open: true, priority: "normal" },
    { id: "T102", order: orders[1], open: true, priority: "normal" },
  ];
  return { company: { name: "Fern Loft", customers, products, orders, tickets }, read: new Set() };
}
