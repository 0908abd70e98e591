/**
 * Runs one piece of work over and over, never twice at once: as soon as it is woken, and otherwise after a pause, so
 * that a lost wake-up costs no more than that pause.
 */
export class WakeLoop {
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private again = false;
  private active = false;

  /** @param work resolves to true when there is more to do at once; its errors go to `failed`, then comes a pause */
  constructor(
    private readonly work: () => Promise<boolean>,
    private readonly pauseMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  start(): void {
    this.active = true;
    this.wake();
  }

  wake(): void {
    if (!this.active) return;
    if (this.running) {
      this.again = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.running = this.run();
  }

  /** Resolves when the work at hand is done. */
  async stop(): Promise<void> {
    this.active = false;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.running;
  }

  private async run(): Promise<void> {
    let more = true;
    while (more && this.active) {
      this.again = false;
      try {
        more = (await this.work()) || this.again;
      } catch (error) {
        more = false;
        this.failed(error);
      }
    }
    this.running = null;
    if (this.active) this.timer = setTimeout(() => this.wake(), this.pauseMs).unref();
  }
}
