import type { ChildProcess, ProcessExit, Processes, Reactor, Receiver, SpawnOptions, Transport } from "@hawser/core";

/** A child of the test: it prints, heeds signals and exits as the test says. */
export class FakeChild implements ChildProcess {
  readonly pid: number;
  readonly program: string;
  readonly options: SpawnOptions;
  readonly transport: Transport;
  readonly errors: Transport;
  readonly exited: Promise<ProcessExit>;
  readonly signals: string[] = [];
  /** Ends by SIGTERM. */
  heedsTerm = true;
  hasInput = true;
  #receiver: Receiver | undefined;
  #errors: Receiver | undefined;
  #exit: (exit: ProcessExit) => void = () => {};

  constructor(pid: number, program: string, options: SpawnOptions) {
    this.pid = pid;
    this.program = program;
    this.options = options;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
    const end = () => {
      this.hasInput = false;
    };
    const start = (receiver: Receiver) => {
      this.#receiver = receiver;
    };
    const startErrors = (receiver: Receiver) => {
      this.#errors = receiver;
    };
    this.transport = { start, end } as unknown as Transport;
    this.errors = { start: startErrors } as unknown as Transport;
  }

  print(text: string | Uint8Array, stream: "output" | "errors" = "output"): void {
    const receiver = stream === "output" ? this.#receiver : this.#errors;
    receiver?.data(typeof text === "string" ? Buffer.from(text) : text);
  }

  exit(status: number | undefined = 0, signal?: string): void {
    for (const receiver of [this.#receiver, this.#errors]) {
      receiver?.end();
      receiver?.closed();
    }
    this.#exit({ status, signal });
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.signals.push(signal);
    if (signal === "SIGKILL" || this.heedsTerm) this.exit(undefined, signal);
  }

  resize(): void {}
}

/** Children of the test, in the order in which they were started. */
export class FakeProcesses implements Processes {
  readonly started: FakeChild[] = [];
  /** What starting one throws. */
  refusal: Error | undefined;

  async spawn(program: string, options: SpawnOptions = {}): Promise<FakeChild> {
    if (this.refusal !== undefined) throw this.refusal;
    const child = new FakeChild(this.started.length + 1, program, options);
    this.started.push(child);
    return child;
  }

  get last(): FakeChild {
    return this.started.at(-1)!;
  }

  /** A reactor that has them. */
  on(reactor: Reactor): Reactor {
    return Object.assign(Object.create(reactor) as Reactor, { processes: this });
  }
}
