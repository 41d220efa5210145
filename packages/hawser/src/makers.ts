/**
 * A maker for each command that serves, for `hawser.config.ts`: `web({ listen: ["tcp:80"], path: "htdocs" })`. They load
 * nothing of what they name.
 */
import { type ServiceMaker, serviceMaker } from "@hawser/app/config";
import type { DashboardCommandOptions } from "@hawser/app/dashboard";
import type { DnsCommandOptions } from "@hawser/dns/command";
import type { MailCommandOptions } from "@hawser/mail/command";
import type { WebCommandOptions } from "@hawser/web/command";

/** `hawser web` as a service of an application. */
export const web: ServiceMaker<WebCommandOptions> = serviceMaker("web");

/** `hawser dns` as a service of an application. */
export const dns: ServiceMaker<DnsCommandOptions> = serviceMaker("dns");

/** `hawser mail` as a service of an application. */
export const mail: ServiceMaker<MailCommandOptions> = serviceMaker("mail");

/** `hawser dashboard` as a service of an application. */
export const dashboard: ServiceMaker<DashboardCommandOptions> = serviceMaker("dashboard");
