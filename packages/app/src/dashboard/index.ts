export type { DashboardAccess } from "./access.ts";
export { dashboardCommand } from "./command.ts";
export { type Dashboard, dashboard } from "./site.ts";
