/** What a store keeps of one session. `data` is plain and can be written as JSON. */
export interface HttpSessionRecord {
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, on the wall clock. */
  readonly createdAt: number;
  readonly usedAt: number;
}

/** Where sessions live. The default keeps them in memory; a store shared by many machines has the same three calls. */
export interface HttpSessionStore {
  load(id: string): Promise<HttpSessionRecord | undefined>;
  /** @param expiresAt when the store may forget it by itself, milliseconds since 1970 */
  save(id: string, record: HttpSessionRecord, expiresAt: number): Promise<void>;
  remove(id: string): Promise<void>;
}

/** How much {@link memorySessions} keeps. */
export interface MemorySessionsOptions {
  /** The sessions used longest ago are forgotten beyond it. Default 100,000. */
  readonly sessionsMax?: number | undefined;
}

/** Sessions in this process's memory, bounded; they end with it. */
export function memorySessions(options: MemorySessionsOptions = {}): HttpSessionStore {
  const sessionsMax = options.sessionsMax ?? 100_000;
  // A Map keeps the order of insertion: saved again means moved to the end, so the first is the one unused longest.
  const records = new Map<string, HttpSessionRecord>();
  return {
    load: async (id) => records.get(id),
    async save(id, record) {
      records.delete(id);
      records.set(id, record);
      if (records.size > sessionsMax) records.delete(records.keys().next().value as string);
    },
    async remove(id) {
      records.delete(id);
    },
  };
}
