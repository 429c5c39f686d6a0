import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { armOf, hashShare, textOfTurns } from "../../src/agent/mod.ts";

const ids = Array.from({ length: 20_000 }, (_, i) => `0199-7c3a-${i.toString(16).padStart(8, "0")}`);

describe("armOf()", () => {
  it("gives everyone the incumbent when there is no canary", () => {
    deepEqual(armOf("e1", { incumbent: 3 }), { arm: "incumbent", version: 3 });
  });

  it("gives the canary its share of episodes, the same ones each time", () => {
    for (const share of [0.05, 0.2, 0.5]) {
      const assignment = { incumbent: 3, canary: { version: 4, share } };
      const canary = ids.filter((id) => armOf(id, assignment).arm === "canary");
      // Four standard deviations of a binomial share.
      ok(Math.abs(canary.length / ids.length - share) < 4 * Math.sqrt(share * (1 - share) / ids.length));
      deepEqual(canary, ids.filter((id) => armOf(id, assignment).version === 4));
    }
  });

  it("moves no episode off the canary when the share grows", () => {
    const at = (id: string, share: number): boolean =>
      armOf(id, { incumbent: 1, canary: { version: 2, share } }).arm === "canary";
    ok(ids.every((id) => !at(id, 0.1) || at(id, 0.3)));
  });
});

describe("hashShare()", () => {
  it("spreads ids that differ in one place over all of [0, 1)", () => {
    const counts = new Array(10).fill(0);
    for (const id of ids) counts[Math.floor(hashShare(id) * 10)] += 1;
    ok(counts.every((count) => Math.abs(count - 2000) < 4 * Math.sqrt(1800)), `${counts}`);
  });

  it("is the same number on every machine", () => equal(hashShare("eddy"), 0.9238720373250544));
});

describe("textOfTurns()", () => {
  it("is the text itself when one thing was said, and names the speakers when there is more", () => {
    const system = { role: "system", text: "be kind" } as const, user = { role: "user", text: "hi" } as const;
    equal(textOfTurns([user]), "hi");
    equal(textOfTurns([system, user]), "hi");
    equal(textOfTurns([system, user, { role: "assistant", text: "yo" }]), "system: be kind\nuser: hi\nassistant: yo");
  });
});
