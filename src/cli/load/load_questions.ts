import { deskDefaults, drawDeskRequest } from "../../environment/mod.ts";
import type { ServiceConfigurationInput } from "../../service/mod.ts";

/** Different questions; a load test asks them again and again. */
const QUESTIONS = 2000;

/** The agent that load and fault tests ask. */
export const LOAD_AGENT = "desk";

/** A service whose agent chooses among the kinds of a desk's requests, with a model that learns from each judgement. */
export function loadConfiguration(store: ServiceConfigurationInput["store"]): ServiceConfigurationInput {
  return {
    agents: {
      [LOAD_AGENT]: {
        policy: { kind: "reward-model", options: { model: "logistic" } },
        candidates: deskDefaults.kinds,
      },
    },
    store,
  };
}

/** The n-th question of a load test, with the kind that is right. */
export function loadQuestions(): (index: number) => { readonly text: string; readonly right: string } {
  const questions = Array.from({ length: QUESTIONS }, (_, seed) => {
    const { text, kind } = drawDeskRequest(seed, "train");
    return { text, right: kind };
  });
  return (index) => questions[index % QUESTIONS];
}
