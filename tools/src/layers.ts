/**
 * Which package may import which others (DESIGN §2): arrows point down. This is the only copy of the table; `npm test`
 * holds the sources, the manifests and the compiler's references to it, and ARCHITECTURE.md shows it as a picture.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  auth: ["core"],
  mime: ["core"],
  dns: ["core"],
  sql: ["core"],
  ssh: ["core", "auth"],
  ftp: ["core", "auth"],
  rpc: ["core", "auth"],
  classic: ["core"],
  web: ["core", "auth", "mime", "rpc"],
  mail: ["core", "auth", "mime", "dns", "sql"],
  chat: ["core", "auth", "dns", "sql"],
  news: ["core", "auth", "mime", "sql"],
  app: ["core", "auth", "web"],
  hawser: ["core", "auth", "mime", "dns", "sql", "ssh", "ftp", "rpc", "classic", "web", "mail", "chat", "news", "app"],
};

/**
 * Which folder of the core may import which others; the rest of the core is `main`. What a folder may not import it may
 * still load when asked for, with `import("./node/…")`: that is how the default reactor is found.
 */
export const coreLayers: Readonly<Record<string, readonly string[]>> = {
  main: [],
  node: ["main"],
  cluster: ["main", "node"],
  memory: ["main"],
  simulation: ["main", "memory"],
  testing: ["main", "node", "memory", "simulation"],
};

/** Single modules that a folder may import besides: they import nothing of their own folder's but each other. */
export const coreLoans: Readonly<Record<string, readonly string[]>> = {
  // A memory reactor lives in real time and draws real chance; only its network is not Node's.
  memory: ["node/clock.ts", "node/random.ts", "node/turn.ts"],
  // A simulation waits for promises to settle, takes its seed from the environment, and is traced as transcripts are written.
  simulation: ["node/turn.ts", "testing/seeds.ts", "testing/transcript-notation.ts"],
};

/** The name under which a package of the table is imported. */
export function packageName(folder: string): string {
  return folder === "hawser" ? "hawser" : `@hawser/${folder}`;
}
