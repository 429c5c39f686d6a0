/**
 * `eddy serve` that gives back all memory nobody uses when it hears SIGUSR2, so that what it holds can be measured. Run with
 * `DENO_V8_FLAGS=--expose-gc`.
 *
 * @module
 */
import { serveCommand } from "../commands/serve.ts";
import { denoHost } from "../deno_host.ts";
import { runCommandLine } from "../run_command_line.ts";

if (import.meta.main) {
  const { gc } = globalThis as { readonly gc?: () => void };
  Deno.addSignalListener("SIGUSR2", () => gc?.());
  Deno.exit(await runCommandLine(["serve", ...Deno.args], [serveCommand], denoHost()));
}
