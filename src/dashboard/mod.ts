/** The page that an operator looks at. @module */
export { createDashboard } from "./create_dashboard.ts";
