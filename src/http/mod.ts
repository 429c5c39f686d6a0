/** Agents over HTTP. @module */
export type { Access, AppDependencies, HttpLimits, ProblemReport, Recorder } from "./app_dependencies.ts";
export { createAccess, type KeyedAccess } from "./create_access.ts";
export { type App, createApp } from "./create_app.ts";
export { createKey, hashKey } from "./keys.ts";
export type { AppType } from "./native_routes.ts";
export { type HttpErrorCode, STATUSES } from "./statuses.ts";
export type { AgentReport, Percentiles, StatusReport } from "./status_report.ts";
