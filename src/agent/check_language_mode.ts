import { EddyError } from "../errors.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";

/**
 * A language model from elsewhere answers, and learns by an adapter beside it; what it would have said in the place of an
 * application is not asked.
 *
 * @throws {EddyError} `configuration_invalid` If its mode is `shadow`, or an adapter is described that nothing would learn.
 */
export function checkLanguageMode(name: string, { mode, policy }: Pick<AgentConfiguration, "mode" | "policy">): void {
  const refuse = (state: string): never => {
    throw new EddyError("configuration_invalid", `Cannot serve '${name}': ${state}`);
  };
  if (mode === "shadow") {
    refuse("a language model from elsewhere has no mode 'shadow'; use 'frozen', or 'learn' for an adapter beside it");
  }
  if (mode === "frozen" && policy.kind === "checkpoint" && policy.lora) {
    refuse("'policy.lora' describes an adapter that learns, and in mode 'frozen' nothing does; use 'learn'");
  }
}
