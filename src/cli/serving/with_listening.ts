import { EddyError } from "../../errors.ts";
import type { ServiceConfiguration } from "../../service/mod.ts";
import type { Call } from "../command.ts";

/** A configuration that listens where `--host` and `--port` say. @throws {EddyError} `configuration_invalid` */
export function withListening(configuration: ServiceConfiguration, call: Call): ServiceConfiguration {
  const written = call.text("port");
  const port = written === undefined ? configuration.http.port : Number(written);
  if (!Number.isSafeInteger(port) || port < 0 || port > 65535 || written?.trim() === "") {
    throw new EddyError("configuration_invalid", `Cannot use '--port ${written}': expected 0 to 65535`);
  }
  const host = call.text("host") ?? configuration.http.host;
  if (configuration.http.access === "open" && !/^(localhost|::1|127\..*)$/.test(host)) {
    throw new EddyError(
      "configuration_invalid",
      `Cannot listen on '${host}' with 'http.access' open: anyone could publish; set it to 'keys' in the configuration`,
    );
  }
  return { ...configuration, http: { ...configuration.http, port, host } };
}
