import { badField, checkField } from "../checks.ts";
import type { ApplicationPackage } from "./package.ts";

/** Where an installed application lies. */
export interface ApplicationPlaces {
  readonly name: string;
  /** The user and the group that it runs as. */
  readonly user: string;
  /** `/usr/lib/NAME` */
  readonly program: string;
  /** `/etc/NAME` */
  readonly configuration: string;
  /** `/etc/NAME/NAME.tap` */
  readonly tap: string;
  /** `/var/lib/NAME` */
  readonly state: string;
  /** `/var/log/NAME` */
  readonly logs: string;
  /** `/var/log/NAME/NAME.log` */
  readonly log: string;
  /** `/run/NAME` */
  readonly run: string;
  /** `/run/NAME/NAME.pid` */
  readonly pid: string;
  /** `/usr/share/doc/NAME` */
  readonly documents: string;
  /** `/etc/init.d/NAME` */
  readonly initScript: string;
}

/** Tells where an application will lie. @throws {PackageError} `bad-field` for a name that cannot be one */
export function applicationPlaces({
  name,
  user,
  tap,
}: Pick<ApplicationPackage, "name" | "user" | "tap">): ApplicationPlaces {
  checkField("name", name);
  const configuration = `/etc/${name}`;
  return {
    name,
    user:
      user === undefined
        ? checkField("user", name, "user (give one, since the name cannot be it)")
        : checkField("user", user),
    program: `/usr/lib/${name}`,
    configuration,
    tap: `${configuration}/${name}${tapEnding(tap.fileName)}`,
    state: `/var/lib/${name}`,
    logs: `/var/log/${name}`,
    log: `/var/log/${name}/${name}.log`,
    run: `/run/${name}`,
    pid: `/run/${name}/${name}.pid`,
    documents: `/usr/share/doc/${name}`,
    initScript: `/etc/init.d/${name}`,
  };
}

/** `.tap`, `.tas` or `.tax`: by it the file is read. */
function tapEnding(fileName: string): string {
  const ending = /\.[a-z0-9]{1,8}$/.exec(fileName)?.[0];
  if (ending === undefined) throw badField("tap file", fileName, "its name has no ending such as .tap");
  return ending;
}
