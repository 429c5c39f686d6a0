import { fileURLToPath } from "node:url";

/** Starts the program that writes until it is killed; see `_writer.ts`. */
export function spawnWriter(args: string[]): Deno.ChildProcess {
  const program = fileURLToPath(new URL("_writer.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
