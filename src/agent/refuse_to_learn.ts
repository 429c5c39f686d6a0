import { EddyError } from "../errors.ts";
import type { AgentConfiguration } from "./agent_configuration.ts";

/** A language model from elsewhere keeps its weights. @throws {EddyError} `configuration_invalid` If it should learn. */
export function refuseToLearn(name: string, { mode }: Pick<AgentConfiguration, "mode">): void {
  if (mode === "frozen") return;
  throw new EddyError(
    "configuration_invalid",
    `Cannot serve '${name}' in mode '${mode}': a language model from elsewhere does not learn; use 'frozen', ` +
      "and teach adapters beside it with 'eddy tune'",
  );
}
