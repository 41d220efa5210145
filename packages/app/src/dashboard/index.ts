export type { DashboardAccess } from "./access.ts";
export { type DashboardCommandOptions, dashboardCommand } from "./command.ts";
export { type Dashboard, dashboardSite } from "./site.ts";
