/** Where learned code runs. @module */
export { openSandbox, type SandboxOptions } from "./open_sandbox.ts";
export type { Sandbox, SandboxCall, SandboxResult } from "./sandbox.ts";
export { type SandboxLimits, sandboxLimits } from "./sandbox_limits.ts";
export type { SandboxAnswer, SandboxEnd, SandboxHost, SandboxProcess, SandboxRequest } from "./sandbox_process.ts";
