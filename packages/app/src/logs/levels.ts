/** How grave a line of a log is. The numbers are pino's. */
export const logLevels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

/** A level by its name. */
export type LogLevel = keyof typeof logLevels;

/** The names, gravest last. */
export const logLevelNames = Object.keys(logLevels) as readonly LogLevel[] as readonly [LogLevel, ...LogLevel[]];

/** The name for a number, which need not be one of ours: what is between two levels is the lower one. */
export function logLevelName(number: number): LogLevel {
  return logLevelNames.findLast((name) => logLevels[name] <= number) ?? "trace";
}

/** The severity of syslog (RFC 5424 §6.2.1), which journald reads at the beginning of a line as well. */
export function syslogSeverity(level: LogLevel): number {
  return severities[level];
}

const severities: Readonly<Record<LogLevel, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 };
