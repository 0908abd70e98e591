import { Injectable, Logger } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { QueueDatabase } from '../database/database.js';
import { Outbox, OUTBOX_TOPIC } from '../events/outbox.js';
import { RELAY } from './relay-query.js';
import { WakeLoop } from '../scheduling/wake-loop.js';

const MOST_AT_ONCE = 200;
const PAUSE_MS = 1_000;
/** At 200 events a second this halves the statements for 3 ms of latency. */
const GAP_MS = 8;

/** Turns recorded events into deliveries. Any number of processes may do it at once. */
@Injectable()
export class Relay {
  private readonly log = new Logger('Relay');
  private readonly loop = new WakeLoop(() => this.relayBatch(), {
    pauseMs: PAUSE_MS,
    gapMs: GAP_MS,
    failed: (error) => this.log.error(`cannot relay events: ${(error as Error).message}`),
  });
  private added: () => void = () => undefined;
  private detach: () => void = () => undefined;

  constructor(
    private readonly db: QueueDatabase,
    private readonly feed: ChangeFeed,
    private readonly outbox: Outbox,
  ) {}

  /** @param added called whenever there are new deliveries */
  start(added: () => void): void {
    this.added = added;
    this.detach = this.outbox.onRecorded(() => this.loop.wake());
    this.feed.on(OUTBOX_TOPIC, () => this.loop.wake());
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.detach();
    await this.loop.stop();
  }

  /** @returns whether there may be more */
  private async relayBatch(): Promise<boolean> {
    const [done] = await this.db.prepared<{ events: number; deliveries: number }>('delivery_relay', RELAY, [
      MOST_AT_ONCE,
    ]);
    if (done && done.deliveries > 0) this.added();
    return done?.events === MOST_AT_ONCE;
  }
}
