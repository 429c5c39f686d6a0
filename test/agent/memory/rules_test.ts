import fc from "fast-check";
import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import { type Rules, rulesFrom } from "../../../src/agent/mod.ts";

const changes: fc.Arbitrary<((rules: Rules) => Rules)[]> = fc.array(
  fc.tuple(fc.constantFrom("add", "revise", "drop", "helped", "harmed", "back"), fc.nat(9)).map(
    ([kind, number]) => (rules: Rules): Rules => {
      if (kind === "back") return rules.rollBack(number % (rules.version + 1));
      if (kind === "add" || rules.list.length === 0) return rules.add(`rule ${number}`);
      const { id } = rules.list[number % rules.list.length];
      if (kind === "revise") return rules.revise(id, `revised ${number}`);
      return kind === "drop" ? rules.drop(id) : rules.evidence(id, kind === "helped");
    },
  ),
  { maxLength: 20 },
);

describe("rulesFrom()", () => {
  it("keeps every version, through JSON as well, and no two rules of one id", () => {
    fc.assert(fc.property(changes, (list) => {
      const versions = [rulesFrom()];
      for (const change of list) versions.push(change(versions[versions.length - 1]));
      const last = versions[versions.length - 1];
      equal(last.version, list.length);
      for (const [version, then] of versions.entries()) {
        deepEqual(last.rollBack(version).list, then.list);
        equal(last.rollBack(version).version, list.length + 1);
      }
      deepEqual(rulesFrom(JSON.parse(JSON.stringify(last.edits))).list, last.list);
      equal(new Set(last.list.map(({ id }) => id)).size, last.list.length);
    }));
  });

  it("never gives an id twice, also after going back", () => {
    const rules = rulesFrom().add("a").add("b").rollBack(1).add("c");
    deepEqual(rules.list.map(({ id, text }) => [id, text]), [[0, "a"], [2, "c"]]);
  });

  it("says the rules that helped, in their order; a revised one begins anew", () => {
    const rules = rulesFrom().add("a").add("b").add("c").evidence(2, true).evidence(0, false).evidence(1, true);
    equal(rules.render(), "a\nb\nc");
    equal(rules.render({ most: 2 }), "b\nc");
    equal(rules.revise(2, "d").evidence(0, true).render({ most: 1 }), "b");
    deepEqual(rules.revise(2, "d").list[2], { id: 2, text: "d", helped: 0, harmed: 0 });
  });

  it("refuses rules and versions that there are not", () => {
    throws(() => rulesFrom().drop(0), /Cannot drop rule 0: there are none/);
    throws(() => rulesFrom().add("a").add("b").drop(0).evidence(0, true), /Cannot judge rule 0: there are 1/);
    throws(() => rulesFrom().add("a").rollBack(2), /version 2: this is version 1/);
    throws(() => rulesFrom([{ kind: "revise", id: 3, text: "x" }]), RangeError);
  });
});
