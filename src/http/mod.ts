/** Decisions over HTTP. @module */
export { type App, type AppDependencies, createApp } from "./create_app.ts";
