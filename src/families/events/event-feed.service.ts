import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { matchesAnyEvent } from '../../events/catalogue.js';
import { Outbox, OUTBOX_TOPIC } from '../../events/outbox.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { denied, invalidParams } from '../../rpc/errors.js';
import { EventReader, type EventFilter, type EventPage, type LoggedEvent } from './event-reader.js';
import type { GetEventsArgs } from './events.dto.js';

/** An event of another process that also delivers is not announced here; it is found by looking. */
const LOOK_EVERY_MS = 1_000;
/** After an event was announced: its transaction may not be the oldest open one yet. */
const LOOK_AGAIN_MS = 25;
const BEFORE_DEADLINE_MS = 250;
const AT_ONCE = 100;

/** Events to whom polls or listens, as they come. */
@Injectable()
export class EventFeed {
  private waiting: (() => void)[] = [];

  constructor(
    private readonly reader: EventReader,
    private readonly access: Access,
    outbox: Outbox,
    feed: ChangeFeed,
  ) {
    outbox.onCommitted(() => this.announce());
    feed.on(OUTBOX_TOPIC, () => this.announce());
  }

  /** One page; waits for the first event as long as `wait_s` and the call's deadline allow. */
  async page({ principal, signal, dueAt }: Caller, args: GetEventsArgs): Promise<EventPage> {
    const filter = await this.filter(principal, args);
    let cursor = args.cursor === 'now' ? await this.reader.end() : (args.cursor ?? null);
    const end = Math.min(performance.now() + args.wait_s * 1_000, (dueAt ?? Infinity) - BEFORE_DEADLINE_MS);
    for (;;) {
      const page = await this.reader.read(principal, filter, cursor);
      if (page.events.length > 0 || performance.now() >= end) return page;
      cursor = page.cursor;
      await this.next(signal, end - performance.now());
    }
  }

  /**
   * All events after `cursor` (null: from now on), until the signal aborts or nobody listens who may.
   * @param who asked before anything is read: keys are deleted and rights taken while somebody listens
   * @throws RpcFault before anything is told
   */
  async listen(
    who: () => Promise<Principal | null>,
    args: Pick<GetEventsArgs, 'event_types' | 'repoid'>,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<LoggedEvent>> {
    const principal = await who();
    if (!principal) throw denied('get_events');
    const filter = await this.filter(principal, { ...args, limit: AT_ONCE });
    return this.follow(who, filter, this.reader.checked(cursor ?? (await this.reader.end())), signal);
  }

  private async *follow(
    who: () => Promise<Principal | null>,
    filter: EventFilter,
    from: string,
    signal: AbortSignal,
  ): AsyncGenerator<LoggedEvent> {
    let cursor = from;
    while (!signal.aborted) {
      const principal = await who();
      if (!principal) return;
      const page = await this.reader.read(principal, filter, cursor);
      yield* page.events;
      cursor = page.cursor;
      if (page.events.length < filter.limit) await this.next(signal, LOOK_EVERY_MS);
    }
  }

  private async filter(
    principal: Principal,
    { event_types, repoid, since, limit }: Partial<GetEventsArgs> & { limit: number },
  ): Promise<EventFilter> {
    const eventTypes = event_types ?? ['*'];
    const unknown = eventTypes.find((pattern) => !matchesAnyEvent(pattern));
    if (unknown !== undefined)
      throw invalidParams(`event_types: ${JSON.stringify(unknown)} matches no event type of this gateway`);
    const repoId =
      repoid === undefined ? null : (await this.access.require(principal, 'repo', repoid, 'read')).id;
    return { eventTypes, repoId, since: parseSince(since), limit };
  }

  private announce(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves a moment after the next event was announced, or after `ms`. */
  private async next(signal: AbortSignal, ms: number): Promise<void> {
    let woken: () => void = () => undefined;
    const announced = new Promise<void>((resolve) => this.waiting.push((woken = resolve)));
    const timer = setTimeout(woken, Math.max(0, Math.min(ms, LOOK_EVERY_MS)));
    signal.addEventListener('abort', woken, { once: true });
    try {
      if (!signal.aborted) await announced;
      await delay(LOOK_AGAIN_MS);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', woken);
      this.waiting = this.waiting.filter((one) => one !== woken);
    }
  }
}

function parseSince(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text))
    throw invalidParams('argument `since` must be an ISO 8601 time such as 2026-03-05T16:40:02Z');
  return time;
}
