/** Few enough files that the last processes to end have not much more to do than others. */
const filesPerBatch = 10;

/**
 * Which test files run in one process. Most of the time of a small test file is the start of its process and the loading of
 * what its neighbours load as well; so neighbours share one. A file has a process of its own when it would see what others
 * do, or they it: hooks outside of any suite, faults of the whole process, its environment, children. So has one whose seeds
 * are replayed by its name. The long ones come first: at the end no processor waits for another.
 */
export function batches(files: readonly string[], text: (path: string) => string): readonly (readonly string[])[] {
  const batched = new Map<string, string[]>();
  const alone: string[][] = [];
  for (const path of files) {
    const neighbours = batched.get(packageOf(path));
    if (needsProcess(text(path))) alone.push([path]);
    else if (neighbours === undefined) batched.set(packageOf(path), [path]);
    else neighbours.push(path);
  }
  return [...[...batched.values()].flatMap(cut), ...alone];
}

/** The module that runs a batch: one import a file, which is how Node registers tests. */
export function batchModule(urls: readonly string[]): string {
  return urls.map((url) => `import ${JSON.stringify(url)};\n`).join("");
}

function needsProcess(text: string): boolean {
  return (
    /^(before|after|beforeEach|afterEach|mock)\b/m.test(text) ||
    /\bprocess\.(env|exitCode|chdir|on|once|emit)\b|child_process|diagnostics_channel|\bspawn|\bgc\b|\bseeds\(|HAWSER_SEED/.test(
      text,
    )
  );
}

function packageOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

function cut(files: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(files.length / filesPerBatch);
  return Array.from({ length: count }, (_, i) => files.filter((_, at) => at % count === i));
}
