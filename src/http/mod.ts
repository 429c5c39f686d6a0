/** Policies over HTTP. @module */
export { type App, createApp } from "./create_app.ts";
export type { Access, AppDependencies, HttpLimits, Recorder } from "./app_dependencies.ts";
