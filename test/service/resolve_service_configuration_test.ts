import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import { EddyError } from "../../src/errors.ts";
import { resolveServiceConfiguration } from "../../src/service/resolve_service_configuration.ts";

const logistic = { kind: "reward-model", options: { model: "logistic" } } as const;
const router = { policy: logistic, candidates: ["small", "large"] };

/** What is wrong with a configuration, in its own words. */
function complaint(input: unknown): string {
  let said = "";
  throws(() => resolveServiceConfiguration(input), (error) => {
    said = error instanceof EddyError && error.code === "configuration_invalid" ? error.message : `not told: ${error}`;
    return true;
  });
  return said.replace("Cannot use the configuration: ", "");
}

describe("resolveServiceConfiguration()", () => {
  it("fills in every default when only an agent is told", () => {
    const { agents, store, http, retentionDays } = resolveServiceConfiguration({ agents: { router } });
    const { metrics, learnsFrom, mode, exploration, candidates } = agents.router;
    deepEqual(Object.keys(metrics), ["correct"]);
    deepEqual([learnsFrom, mode, exploration.kind], ["correct", "learn", "inverse-gap"]);
    deepEqual(candidates, ["small", "large"]);
    deepEqual([store, http.host, http.access, retentionDays], [
      { kind: "sqlite", path: "eddy.db" },
      "127.0.0.1",
      "open",
      0,
    ]);
  });

  it("gives back what it gave when it is asked again", () => {
    const once = resolveServiceConfiguration({ agents: { router } });
    deepEqual(resolveServiceConfiguration(JSON.parse(JSON.stringify(once))), once);
  });

  it("takes a belief model's actions as the candidates, and lets it explore by itself", () => {
    const policy = { kind: "reward-model", options: { model: "belief", actions: ["a", "b"] } };
    const { agents } = resolveServiceConfiguration({ agents: { intents: { policy } } });
    deepEqual([agents.intents.candidates, agents.intents.exploration], [["a", "b"], { kind: "greedy" }]);
  });

  it("lets a belief model draw among nearly equal actions that mean nothing, unless told otherwise", () => {
    const policy = { kind: "reward-model", options: { model: "belief", actions: ["a", "b"], candidates: "ids" } };
    const exploration = { kind: "greedy" };
    const { agents } = resolveServiceConfiguration({ agents: { usual: { policy }, told: { policy, exploration } } });
    deepEqual(agents.usual.exploration, { kind: "softmax", temperature: 0.05 });
    deepEqual(agents.told.exploration, exploration);
  });

  it("learns from the first metric unless told, and only from one that is declared", () => {
    const stars = { type: "number", range: [1, 5] };
    const { agents } = resolveServiceConfiguration({ agents: { router: { ...router, metrics: { stars } } } });
    equal(agents.router.learnsFrom, "stars");
    equal(agents.router.metrics.stars.windowSeconds, 3600);
    equal(
      complaint({ agents: { router: { ...router, metrics: { stars }, learnsFrom: "star" } } }),
      "'agents.router.learnsFrom' is 'star', which is no metric of it; did you mean 'stars'?",
    );
  });

  it("names the nearest known key when a key is unknown, at every depth", () => {
    equal(complaint({ agents: { router }, stores: {} }), "'stores' is unknown; did you mean 'store'?");
    equal(
      complaint({ agents: { router: { ...router, gate: { canaryShar: 0.1 } } } }),
      "'agents.router.gate.canaryShar' is unknown; did you mean 'canaryShare'?",
    );
    equal(
      complaint({ agents: { router: { policy: { ...logistic, options: { model: "logistic", hashBit: 9 } } } } }),
      "'agents.router.policy.options.hashBit' is unknown; did you mean 'hashBits'?",
    );
  });

  it("says what is wrong when a value cannot be", () => {
    equal(complaint({}), "'agents' is missing");
    equal(complaint(7), "it is not an object");
    equal(complaint({ agents: {} }), "'agents' names no agent");
    equal(
      complaint({ agents: { router: { policy: { kind: "oracle" } } } }),
      "'agents.router.policy.kind' is not one of those known (reward-model, checkpoint)",
    );
    equal(
      complaint({ agents: { router: { ...router, metrics: { stars: { type: "number" } } } } }),
      "'agents.router.metrics.stars.range': a number needs the range that it lies in, as in [1, 5]",
    );
    equal(
      complaint({ agents: { router: { ...router, metrics: { comment: { type: "boolean" } } } } }),
      "'agents.router.metrics.comment' is a name that every agent has anyway",
    );
    const belief = { kind: "reward-model", options: { model: "belief", actions: ["a", "b"] } };
    equal(
      complaint({ agents: { router: { policy: belief, candidates: ["a", "c"] } } }),
      "'agents.router.candidates' has 'c', which is none of 'policy.options.actions'",
    );
  });

  it("refuses to let everyone in from other machines", () => {
    equal(
      complaint({ agents: { router }, http: { host: "0.0.0.0" } }).slice(0, 58),
      "'http.access' is 'open' and 'http.host' is '0.0.0.0': anyo",
    );
    const { http } = resolveServiceConfiguration({ agents: { router }, http: { host: "0.0.0.0", access: "keys" } });
    equal(http.host, "0.0.0.0");
  });
});
