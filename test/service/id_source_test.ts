import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match } from "node:assert/strict";
import { createIdSource } from "../../src/service/id_source.ts";

describe("createIdSource()", () => {
  it("makes UUIDv7 of the time it is given", () => {
    const newId = createIdSource(() => 0x0123456789ab, (into) => into.fill(0xff));
    match(newId(), /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("makes ids that rise within a millisecond, beyond its pool of chance, and when the clock goes back", () => {
    let now = 1000;
    let state = 1;
    const newId = createIdSource(() => now, (into) => {
      for (let i = 0; i < into.length; i++) into[i] = (state = Math.imul(state, 48271) & 0x7fffffff) >> 8;
      return into;
    });
    const ids = Array.from({ length: 5000 }, (_, index) => {
      now += [0, 0, 1, -3, 0][index % 5];
      return newId();
    });
    deepEqual([...ids].sort(), ids);
    equal(new Set(ids).size, ids.length);
  });
});
