import type { Sandbox } from "../agent/mod.ts";
import { EddyError } from "../errors.ts";

/** A sandbox that is opened when it is first asked for, and shared from then on. */
export interface OneSandbox {
  /** @throws {EddyError} `sandbox_unavailable` If there is none here. */
  open(): Promise<Sandbox>;
  /** Closes it if it was opened. */
  close(): Promise<void>;
}

/** @param name Of the recipe. @param open What opens it; undefined where nothing can. */
export function oneSandbox(name: string, open?: () => Promise<Sandbox>): OneSandbox {
  let opened: Promise<Sandbox> | undefined;
  return {
    open(): Promise<Sandbox> {
      if (open) return opened ??= open();
      const state =
        "it runs learned code and was given no sandbox; run it with 'deno task recipe', or pass openSandbox";
      return Promise.reject(new EddyError("sandbox_unavailable", `Cannot run recipe '${name}': ${state}`));
    },
    async close(): Promise<void> {
      const sandbox = await opened?.catch(() => undefined); // who asked for it was told why it does not open
      await sandbox?.close();
    },
  };
}
