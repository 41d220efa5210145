/** A service that may lack a name. */
export interface Nameable {
  readonly command: string;
  readonly name?: string | undefined;
}

/** The names of services: those that are given, and for the others that of the command, with a number if it is taken. */
export function serviceNames(services: readonly Nameable[]): readonly string[] {
  const taken = new Set(services.map(({ name }) => name));
  return services.map(({ name, command }) => {
    const free = name ?? freeName(bareName(command), taken);
    taken.add(free);
    return free;
  });
}

/** What a service is called that has no name of its own: `mail-local` for the command `mail local`. */
export function bareName(command: string): string {
  return command.replaceAll(" ", "-");
}

/** A name that nobody has: `web`, or `web-2`, or `web-3`. */
export function freeName(command: string, taken: ReadonlySet<string | undefined>): string {
  if (!taken.has(command)) return command;
  let number = 2;
  while (taken.has(`${command}-${number}`)) number++;
  return `${command}-${number}`;
}
