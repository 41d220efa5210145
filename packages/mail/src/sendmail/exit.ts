/** The exit statuses of sysexits(3), as programs that call `sendmail` look at them. */
export const SendmailExit = {
  ok: 0,
  /** EX_USAGE: the words of the command line. */
  usage: 64,
  /** EX_DATAERR: the message, or an address. */
  data: 65,
  /** EX_NOUSER: nobody has that address. */
  noUser: 67,
  /** EX_NOHOST: nobody knows the host. */
  noHost: 68,
  /** EX_UNAVAILABLE: the message was refused. */
  unavailable: 69,
  /** EX_SOFTWARE: a fault of ours. */
  software: 70,
  /** EX_OSERR: the system has no more of something. */
  system: 71,
  /** EX_IOERR: reading or writing failed. */
  io: 74,
  /** EX_TEMPFAIL: the same may be right later. */
  temporary: 75,
  /** EX_NOPERM: not for you. */
  notPermitted: 77,
  /** EX_CONFIG: the configuration. */
  configuration: 78,
} as const;

/** One of {@link SendmailExit}. */
export type SendmailExitStatus = (typeof SendmailExit)[keyof typeof SendmailExit];
