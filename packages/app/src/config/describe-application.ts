import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";
import { readService, type ServiceForm, uniqueNames } from "./describe-service.ts";
import type { ConfigurationDocument, DataPath } from "./document.ts";
import type { ConfigurationProblem } from "./errors.ts";
import { configurationLimits as limits } from "./limits.ts";
import { ProblemList } from "./problem-list.ts";

/** What was understood of a document, and what was wrong with it. */
export interface UnderstoodApplication {
  readonly description: ApplicationDescription;
  /** Where the options of each service stand in the document, in the order of the services. */
  readonly optionPaths: readonly DataPath[];
  readonly problems: readonly ConfigurationProblem[];
}

/** Takes the data of a document for an application: its structure, not yet what its services mean. */
export function understandApplication(document: ConfigurationDocument, form: ServiceForm): UnderstoodApplication {
  const list = new ProblemList(document);
  const members = list.members(document.data, [], ["name", "directory", "users", "services"], "the application");
  const drafts = servicesOf(members["services"], list).map((data, index) =>
    readService(data, ["services", index], form, list),
  );
  const names = uniqueNames(drafts, list);
  const services = drafts.map(
    ({ command, options, restart }, index): ServiceDescription => ({
      command,
      name: names[index]!,
      options,
      ...(restart === undefined ? {} : { restart }),
    }),
  );
  const directory = list.text(members["directory"], ["directory"], "the directory");
  const users = usersOf(members["users"], list);
  return {
    description: {
      name: list.text(members["name"], ["name"], "the name") ?? "",
      ...(directory === undefined ? {} : { directory }),
      ...(users === undefined ? {} : { users }),
      services,
    },
    optionPaths: drafts.map(({ optionPath }) => optionPath),
    problems: list.problems,
  };
}

function servicesOf(data: unknown, list: ProblemList): readonly unknown[] {
  if (Array.isArray(data) && data.length > 0 && data.length <= limits.servicesMax) return data;
  if (data === undefined) list.add([], `the application has no "services"`);
  else if (!Array.isArray(data)) list.add(["services"], "the services are not a list");
  else
    list.add(
      ["services"],
      data.length === 0 ? "there is no service" : `there are more than ${limits.servicesMax} services`,
    );
  return [];
}

function usersOf(data: unknown, list: ProblemList): readonly string[] | undefined {
  if (data === undefined) return undefined;
  const users = (Array.isArray(data) ? data : [data]).map((one, index) =>
    list.text(one, ["users", index], "a user database"),
  );
  return users.filter((one) => one !== undefined);
}
