/** Provisional: the real class comes with the engine. */
export class HttpHeaders implements Iterable<readonly [string, string]> {
  #list: [string, string][] = [];
  constructor(init?: Readonly<Record<string, string>> | readonly (readonly [string, string])[]) {
    const pairs = init === undefined ? [] : Array.isArray(init) ? init : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, value);
  }
  get(name: string): string | undefined {
    const all = this.getAll(name);
    return all.length === 0 ? undefined : all.join(", ");
  }
  getAll(name: string): string[] {
    return this.#list.filter(([known]) => known === name.toLowerCase()).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.getAll(name).length > 0;
  }
  set(name: string, value: string): void {
    this.delete(name);
    this.append(name, value);
  }
  append(name: string, value: string): void {
    this.#list.push([name.toLowerCase(), value]);
  }
  delete(name: string): void {
    this.#list = this.#list.filter(([known]) => known !== name.toLowerCase());
  }
  [Symbol.iterator](): Iterator<readonly [string, string]> {
    return this.#list[Symbol.iterator]();
  }
}
