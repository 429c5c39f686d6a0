/** A program for `interrupt_test.ts`: `eddy train` over a training that only waits. @module */
import { trainCommand } from "../../src/cli/commands/train.ts";
import { denoHost } from "../../src/cli/deno_host.ts";
import type { Learning } from "../../src/cli/learning.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { EVENTS } from "./fake_training.ts";

const waiting: Pick<Learning, "train"> = {
  train: (_, { onEvent, signal }) =>
    new Promise((_, reject) => {
      onEvent(EVENTS[0]);
      const timer = setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => {
        // The first word of a busy program: it heard, and works on for good.
        if (Deno.args.includes("busy")) { for (;;); }
        clearInterval(timer);
        reject(signal.reason);
      });
    }),
};
const words = ["train", "--json", "--out", Deno.args[0]];
Deno.exit(await runCommandLine(words, [trainCommand(() => Promise.resolve(waiting))], denoHost()));
