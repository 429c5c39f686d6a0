/** What is kept. @module */
export type * from "./store.ts";
