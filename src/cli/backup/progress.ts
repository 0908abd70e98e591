const EVERY_MS = 2_000;

/** Tells the person at the terminal what is going on, on stderr: a line for each step and now and then one between. */
export class Progress {
  private last = Date.now();

  constructor(private readonly write: (line: string) => void = (line) => console.error(line)) {}

  step(text: string): void {
    this.last = Date.now();
    this.write(text);
  }

  /** Said only when nothing was said for two seconds. */
  running(text: () => string): void {
    if (Date.now() - this.last >= EVERY_MS) this.step(text());
  }
}
