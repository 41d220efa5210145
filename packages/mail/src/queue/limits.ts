/** Bounds of everything that can grow in a queue, and how long it waits. */
export interface MailQueueLimits {
  /** Octets of one message: as the SMTP server's. Default 52,428,800. */
  readonly messageOctetsMax: number;
  /** Recipients of one message: as the SMTP server's. Default 1,000. */
  readonly recipientsMax: number;
  /** Messages that wait. Whoever runs the queue knows them all: about 1 KiB each. Default 100,000. */
  readonly messagesMax: number;
  /** Attempts at once. Postfix has 100 processes for all of it. Default 50. */
  readonly attemptsMax: number;
  /** Attempts at once for one destination, each with a connection. Postfix: 20; fewer are welcome in more places. Default 5. */
  readonly destinationAttemptsMax: number;
  /** Recipients of one attempt: what every server must take (RFC 5321 §4.5.3.1.8). Default 100. */
  readonly attemptRecipientsMax: number;
  /** How long one attempt may take in all. Default 3,600,000 ms. */
  readonly attemptTimeoutMs: number;
  /** Octets of a message that a report brings back whole when its sender said nothing. Default 51,200. */
  readonly reportOctetsDefault: number;
  /** Octets of a message that a report brings back whole when its sender wants it (RET=FULL). Default 1,048,576. */
  readonly reportOctetsMax: number;
}

/** What {@link MailQueueLimits} are when nobody says otherwise. */
export const mailQueueLimits: MailQueueLimits = {
  messageOctetsMax: 52_428_800,
  recipientsMax: 1_000,
  messagesMax: 100_000,
  attemptsMax: 50,
  destinationAttemptsMax: 5,
  attemptRecipientsMax: 100,
  attemptTimeoutMs: 3_600_000,
  reportOctetsDefault: 51_200,
  reportOctetsMax: 1_048_576,
};

/** When a queue tries again, warns and gives up (RFC 5321 §4.5.4.1). */
export interface MailQueueTimes {
  /**
   * The waits between attempts; the last one goes on. Default 5, 15 and 30 minutes, 1 and 2 hours, then every 3 hours: twice in
   * the first hour, as the RFC has it, and soon enough for who puts strangers on a grey list.
   */
  readonly retryMs: readonly number[];
  /** The part of each wait that is left to chance, 0 to 1, so that messages of one moment part. Default 0.2. */
  readonly jitter: number;
  /** From then on nobody tries any more. RFC 5321 §4.5.4.1 has at least 4 to 5 days. Default 432,000,000 ms: 5 days. */
  readonly expireMs: number;
  /** A message that waits for so long has its sender told, once. Default 14,400,000 ms: 4 hours. */
  readonly delayReportMs: number;
  /** How long a destination that cannot be reached is left alone at first; each time twice as long. Default 60,000 ms. */
  readonly blockedMs: number;
  /** And at most. Default 3,600,000 ms. */
  readonly blockedMaxMs: number;
  /** How often is looked whether another process has said something. Default 1,000 ms. */
  readonly pollMs: number;
  /** How often the whole queue is looked through, for what nobody has said. Default 60,000 ms. */
  readonly scanMs: number;
}

/** What {@link MailQueueTimes} are when nobody says otherwise. */
export const mailQueueTimes: MailQueueTimes = {
  retryMs: [300_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000],
  jitter: 0.2,
  expireMs: 432_000_000,
  delayReportMs: 14_400_000,
  blockedMs: 60_000,
  blockedMaxMs: 3_600_000,
  pollMs: 1_000,
  scanMs: 60_000,
};

/** Where a queue is that nobody has named another folder for: in the folder that `hawser mail` runs in. */
export const mailQueueFolder = "mail-queue";
