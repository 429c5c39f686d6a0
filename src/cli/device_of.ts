import { EddyError } from "../errors.ts";
import type { Device } from "../policy/mod.ts";
import type { Call } from "./command.ts";

const DEVICES = ["auto", "cpu", "webgpu"] as const satisfies readonly Device[];

/** The flag `--device` of a command that opens a language model. @throws {EddyError} `configuration_invalid` */
export function deviceOf(call: Call): Device | undefined {
  const written = call.text("device");
  const device = DEVICES.find((each) => each === written);
  if (written === undefined || device) return device;
  throw new EddyError(
    "configuration_invalid",
    `Cannot use '--device ${written}': there are ${DEVICES.join(", ")}`,
  );
}
