import type { AgentRequest, DecidedStep, ServedAgent } from "../../src/agent/mod.ts";
import type { StepRecord } from "../../src/episode/mod.ts";

/** What a fake decides by itself; the rest of a step follows from the request. */
export type Chosen = Pick<StepRecord, "action" | "choice" | "propensity" | "probabilities" | "candidates">;

/** An agent whose version 3 chooses as `decide` does; nothing else can be installed. */
export function servedAgent(
  name: string,
  kind: ServedAgent["kind"],
  decide: (request: AgentRequest) => Omit<DecidedStep, "record"> & { readonly record: Chosen },
): ServedAgent {
  return {
    name,
    kind,
    assignment: { incumbent: 3 },
    installed: [3],
    decide: (request) => {
      const { record, ...answer } = decide(request);
      const { stepId: id, episodeId, now: createdAt, turns, seed } = request;
      const known = { id, episodeId, agent: name, policyVersion: 3, arm: "incumbent", createdAt, turns, seed } as const;
      return { ...answer, record: { ...known, ...record } };
    },
    install: () => {},
    uninstall: () => {},
    assign: () => {},
    [Symbol.dispose]: () => {},
  };
}
