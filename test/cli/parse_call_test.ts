import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import type { Call, Command } from "../../src/cli/command.ts";
import { parseCall } from "../../src/cli/parse_call.ts";

const COMMAND: Pick<Command, "name" | "operand" | "flags"> = {
  name: "try",
  operand: { name: "WHAT", meaning: "" },
  flags: {
    seed: { type: "string", value: "N", meaning: "" },
    set: { type: "string", multiple: true, meaning: "" },
    json: { type: "boolean", meaning: "" },
  },
};
const parse = (...words: string[]): Call => parseCall(COMMAND, words);

describe("parseCall()", () => {
  it("reads values after a space or an equals sign, in any order", () => {
    const call = parse("--seed", "3", "thing", "--json", "--set=a=b", "--set", "c=--d");
    equal(call.text("seed"), "3");
    equal(call.operand, "thing");
    equal(call.given("json"), true);
    deepEqual(call.texts("set"), ["a=b", "c=--d"]);
  });

  it("takes the last of several values", () => equal(parse("--seed", "1", "--seed", "2").text("seed"), "2"));

  it("names the nearest flag when one is unknown", () => {
    throws(() => parse("--sed", "3"), /Cannot use flag '--sed'.*did you mean '--seed'/);
    throws(() => parse("--jason"), /did you mean '--json'/);
    throws(() => parse("--no-json"), /Cannot use flag '--no-json'/);
    throws(() => parse("-x"), /Cannot use flag '-x'/);
    throws(() => parse("--constructor"), /Cannot use flag '--constructor'/);
  });

  it("refuses a missing value, a superfluous one and a word too many", () => {
    throws(() => parse("--seed"), /'--seed': it needs a value, N/);
    throws(() => parse("--seed", "--json"), /'--seed': it needs a value/);
    throws(() => parse("--seed="), /'--seed': it needs a value/);
    throws(() => parse("--json=yes"), /'--json': it takes no value/);
    throws(() => parse("a", "b"), /Cannot use 'b'/);
  });
});
