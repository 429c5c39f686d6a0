/** Agents over HTTP. @module */
export type { Access, AppDependencies, HttpLimits, Recorder } from "./app_dependencies.ts";
export type { OldApp as App } from "./old_create_app.ts";
export type { AgentReport, Percentiles, StatusReport } from "./status_report.ts";
