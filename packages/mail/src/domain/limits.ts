/** Octets of a file of aliases: 100,000 of them, and more belong into a database. */
export const mailAliasFileOctetsMax = 16_777_216;

/** Octets of a list that is included: 40,000 addresses. */
export const mailAliasIncludeOctetsMax = 1_048_576;

/** Targets of one alias, included lists not counted. */
export const mailAliasTargetsMax = 10_000;

/** Octets of one target: a command line is the longest; Linux takes 131,072 in one argument, nobody needs that. */
export const mailAliasTargetOctetsMax = 4_096;

/** Problems of one file that are told. */
export const mailAliasProblemsMax = 100;

/** Destinations of one address: a list of more needs a program for lists. Postfix has no bound in local(8), 1,000 in virtual(5). */
export const mailRouteDestinationsMax = 10_000;

/** Names that are followed for one address, those that lead to nobody included. */
export const mailRouteStepsMax = 20_000;

/** Aliases within aliases. Postfix gives up at 100. */
export const mailRouteDepthMax = 50;
