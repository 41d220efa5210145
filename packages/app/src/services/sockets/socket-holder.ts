/**
 * Who holds sockets: one run of one service. Its sockets outlive it when a successor takes them over.
 *
 * `opening` → `serving` → (`leaving`: a successor may take over ⇄ `serving`) → `ended`
 */
export class SocketHolder {
  /** The service's name: a successor has the same when the system chose the port. */
  readonly name: string;
  #state: "opening" | "serving" | "leaving" | "ended" = "opening";
  #keepsSockets = false;

  constructor(name: string) {
    this.name = name;
  }

  get isServing(): boolean {
    return this.#state === "serving";
  }

  /** A successor may take its sockets over. Until one has, they are its own. */
  get isLeaving(): boolean {
    return this.#state === "leaving";
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  /** Sockets stay open when it lets go of them: it will be back in a moment. */
  get keepsSockets(): boolean {
    return this.#keepsSockets;
  }

  serve(): void {
    this.#state = "serving";
  }

  leave(): void {
    if (this.#state !== "ended") this.#state = "leaving";
  }

  /** There will be no successor after all. */
  stay(): void {
    if (this.#state === "leaving") this.#state = "serving";
  }

  /** It will be back in a moment, as another run of the same service, and wants to find its sockets open. */
  keepSockets(): void {
    this.#keepsSockets = true;
    this.leave();
  }

  end(): void {
    this.#state = "ended";
    this.#keepsSockets = false;
  }
}
