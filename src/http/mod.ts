/** Agents over HTTP. @module */
export { type App, type AppType, createApp } from "./create_app.ts";
export type { Access, AppDependencies, HttpLimits, Recorder } from "./app_dependencies.ts";
export { createAccess, createKey, hashKey } from "./keys.ts";
export type { AgentReport, StatusReport } from "./status_report.ts";
