import { describe, it } from "@std/testing/bdd";
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "../src/nearest.ts";

describe("nearest()", () => {
  const known = ["seed", "preset", "learning-rate", "out"];

  it("counts a letter put in, taken out, changed or swapped as one edit", () => {
    equal(nearest("sed", known), "seed");
    equal(nearest("seeed", known), "seed");
    equal(nearest("pretet", known), "preset");
    // One swap makes "ab"; "abc" would need two edits.
    equal(nearest("ba", ["abc", "ab"]), "ab");
  });

  it("does not care about capitals", () => equal(nearest("OUT", known), "out"));

  it("gives undefined when nothing is known", () => equal(nearest("seed", []), undefined));

  it("finds a known name itself, wherever it stands", () => {
    fc.assert(fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9 }).map((name) => name.toLowerCase()), { minLength: 1 }),
      (names) => names.forEach((name) => equal(nearest(name, names), name)),
    ));
  });
});
