const THROWS_UNTIL_PAUSE = 10;
const PAUSE_MS = 60_000;

/** Pauses a plugin that only throws: ten times in a row, then one try a minute until one works. */
export class PluginHealth {
  private throwsInARow = 0;
  private pausedUntil = 0;
  lastError: string | null = null;

  constructor(private readonly now: () => number = Date.now) {}

  get isPaused(): boolean {
    return this.throwsInARow >= THROWS_UNTIL_PAUSE;
  }

  /** Whether a call may be made now. While paused this lets one caller through for each pause. */
  admits(): boolean {
    if (!this.isPaused) return true;
    if (this.now() < this.pausedUntil) return false;
    this.pausedUntil = this.now() + PAUSE_MS;
    return true;
  }

  worked(): void {
    this.throwsInARow = 0;
  }

  threw(error: string): void {
    this.lastError = error;
    this.throwsInARow += 1;
    if (this.throwsInARow === THROWS_UNTIL_PAUSE) this.pausedUntil = this.now() + PAUSE_MS;
  }
}
