import { hardenedUnit } from "../../systemd/unit.ts";
import { checkLine } from "../checks.ts";
import { applicationStart, packageUmask } from "./command.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";

/**
 * A systemd unit for a packaged application: it runs as its own user, which the package has made, and may bind low ports,
 * since the tap file may be edited to use some.
 */
export function packageUnit(application: ApplicationPackage): string {
  const { name, user } = applicationPlaces(application);
  return hardenedUnit({
    name,
    description: checkLine("summary", application.summary),
    command: applicationStart(application).foreground,
    user,
    group: user,
    umask: Number.parseInt(packageUmask, 8),
    ports: [80],
  });
}
