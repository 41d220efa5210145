/** What a service tells its manager (sd_notify(3)). Each member is one assignment of the message. */
export interface NotifyState {
  readonly ready?: true | undefined;
  /** The monotonic clock of the machine when the reload began; it must be later than the signal that asked for it. */
  readonly reloadingUsec?: bigint | undefined;
  readonly stopping?: true | undefined;
  /** One line for people. */
  readonly status?: string | undefined;
  readonly watchdog?: true | undefined;
  readonly mainPid?: number | undefined;
}

/** A status is shown on a terminal, and cut there. */
const statusLengthMax = 256;

/** The assignments of a message, in the order in which sd_notify(3) lists them. */
export function notifyAssignments(state: NotifyState): readonly string[] {
  const { ready, reloadingUsec, stopping, status, watchdog, mainPid } = state;
  return [
    ...(ready === true ? ["READY=1"] : []),
    ...(reloadingUsec === undefined ? [] : ["RELOADING=1", `MONOTONIC_USEC=${reloadingUsec}`]),
    ...(stopping === true ? ["STOPPING=1"] : []),
    ...(status === undefined ? [] : [`STATUS=${oneLine(status)}`]),
    ...(mainPid === undefined ? [] : [`MAINPID=${mainPid}`]),
    ...(watchdog === true ? ["WATCHDOG=1"] : []),
  ];
}

/** A line feed would begin another assignment. */
function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").slice(0, statusLengthMax);
}
