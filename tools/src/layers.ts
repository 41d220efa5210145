/**
 * Which package may import which others (DESIGN §2): arrows point down. This is the only copy of the table; `npm test`
 * holds the sources, the manifests and the compiler's references to it, and ARCHITECTURE.md shows it as a picture.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  auth: ["core"],
  mime: ["core"],
  sql: ["core"],
  ssh: ["core", "auth"],
  ftp: ["core", "auth"],
  rpc: ["core", "auth"],
  classic: ["core"],
  web: ["core", "auth", "mime", "rpc"],
  // For DNS over HTTPS, and only there: whoever wants it installs it.
  dns: ["core", "web"],
  // The web for the pages of `hawser mail local`, and only there: whoever wants them installs it.
  mail: ["core", "auth", "mime", "dns", "sql", "web"],
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
  // The machine's own time and chance, for every reactor that lives in real time.
  real: ["main"],
  node: ["main", "real"],
  cluster: ["main", "node"],
  memory: ["main", "real"],
  simulation: ["main", "real", "memory"],
  testing: ["main", "real", "node", "memory", "simulation"],
};

/** The name under which a package of the table is imported. */
export function packageName(folder: string): string {
  return folder === "hawser" ? "hawser" : `@hawser/${folder}`;
}
