export interface WakeLoopOptions {
  /** Longest wait for a wake-up. */
  readonly pauseMs: number;
  /** Shortest time from one start to the next: what comes thick is done in batches. Default 0. */
  readonly gapMs?: number;
  /** Told of the 1st, 2nd, 4th, 8th ... failure in a row: a database that is away for an hour is worth few lines. */
  readonly failed: (error: unknown) => void;
}

/** Whether the failure with this number in a row should be told. */
export const isTelling = (failuresInARow: number): boolean => Number.isInteger(Math.log2(failuresInARow));

/**
 * Runs one piece of work over and over, never twice at once: as soon as it is woken, and otherwise after a pause, so
 * that a lost wake-up costs no more than that pause.
 */
export class WakeLoop {
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private again = false;
  private active = false;
  private begunAt = -Infinity;
  private failuresInARow = 0;

  /** @param work resolves to true when there is more to do at once; its errors go to `failed`, then comes a pause */
  constructor(
    private readonly work: () => Promise<boolean>,
    private readonly options: WakeLoopOptions,
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
    const early = this.begunAt + (this.options.gapMs ?? 0) - performance.now();
    if (early > 0) this.runIn(early);
    else this.runNow();
  }

  /** Resolves when the work at hand is done. */
  async stop(): Promise<void> {
    this.active = false;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.running;
  }

  private runIn(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.runNow(), ms);
    this.timer.unref();
  }

  private runNow(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.running = this.run();
  }

  private async run(): Promise<void> {
    let more = true;
    while (more && this.active) {
      this.again = false;
      this.begunAt = performance.now();
      try {
        more = await this.work();
        this.failuresInARow = 0;
      } catch (error) {
        more = false;
        this.failuresInARow += 1;
        if (isTelling(this.failuresInARow)) this.options.failed(error);
      }
    }
    this.running = null;
    if (!this.active) return;
    if (this.again) this.wake();
    else this.runIn(this.options.pauseMs);
  }
}
