import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { leastRecent } from "../../src/store/least_recent.ts";

describe("leastRecent()", () => {
  it("keeps what is used, drops what is not, and never holds more than its size", () => {
    const map = leastRecent<number>(6);
    for (let n = 0; n < 100; n++) {
      map.set(`${n}`, n);
      equal(map.get("0"), 0);
    }
    deepEqual(["99", "98"].map((key) => map.get(key)), [99, 98]);
    const held = Array.from({ length: 100 }, (_, n) => map.get(`${n}`)).filter((value) => value !== undefined);
    equal(held.length <= 6, true);
    equal(map.get("50"), undefined);
  });

  it("changes a value in place", () => {
    const map = leastRecent<number>(4);
    map.set("a", 1);
    map.set("a", 2);
    equal(map.get("a"), 2);
  });
});
