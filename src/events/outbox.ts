import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Database, type Tx } from '../database/database.js';
import type { EventContract, RepositoryRef } from '../sdk/index.js';
import { currentTrail } from '../trail/trail.js';
import { contractViolation } from './event-validator.js';

/** Topic on the {@link ChangeFeed}: events wait for a relay. */
export const OUTBOX_TOPIC = 'outbox';
const NOTIFY_EVERY_MS = 20;

interface RecordingBase {
  /** Who did it; `userId` is null when the system itself acted. */
  readonly caller: { readonly userId: number | null; readonly username: string };
  readonly requestId: string | null;
  /** Ids of the repository groups above the object, root first: subscriptions of a group are matched by them. */
  readonly groupIds?: readonly number[];
  /** The repository whose subscriptions get the event; `repository.repo_id` unless given. */
  readonly repoId?: number;
  /** Only this subscription gets the event, whatever it subscribed to. */
  readonly onlyWebhookId?: number;
  /** This subscription does not get the event, because it is about itself. */
  readonly exceptWebhookId?: number;
}

/** What {@link Outbox.record} needs; `repository` stands beside `data` for contracts that have one. */
export type Recording<Data> = RecordingBase &
  (Data extends { repository: RepositoryRef }
    ? { readonly repository: RepositoryRef; readonly data: Omit<Data, 'repository'> }
    : { readonly repository?: undefined; readonly data: Data });

const RECORD = `
  WITH stamp AS MATERIALIZED (
    SELECT nextval('event_event_id_seq') AS id, date_trunc('milliseconds', now()) AS at
  ), recorded AS (
    INSERT INTO event (event_id, occurred_at, type, version, actor_user_id, request_id, repo_id, group_ids,
                       pull_request_id, only_webhook_id, except_webhook_id, traceparent, chain, body)
    SELECT id, at, $1::text, $2::int, $3::int, $4::text, $5::int, $6::int[], $7::int, $8::int, $9::int,
           $10::text, $11::bigint[],
           $12::text || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || $13::text || id || $14::text
      FROM stamp
    RETURNING event_id, occurred_at, type, repo_id, group_ids, pull_request_id, only_webhook_id, except_webhook_id
  )
  INSERT INTO outbox (event_id, occurred_at, type, repo_id, group_ids, pull_request_id, only_webhook_id,
                      except_webhook_id, chain_length)
  SELECT event_id, occurred_at, type, repo_id, group_ids, pull_request_id, only_webhook_id, except_webhook_id,
         coalesce(cardinality($11::bigint[]), 0)
    FROM recorded
  RETURNING event_id`;

/**
 * Where every event begins: written in the transaction of the change it tells of, so that neither can exist without
 * the other. A relay turns it into deliveries after the commit.
 */
@Injectable()
export class Outbox implements OnApplicationShutdown {
  private readonly log = new Logger('Outbox');
  private readonly relays = new Set<() => void>();
  private readonly listeners = new Set<() => void>();
  private notifying = false;
  private notifyAgain = false;
  private stopped = false;

  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
  ) {}

  /**
   * Records one event. Time is the transaction's.
   * @returns event_id
   * @throws Error when the data breaks the contract: a bug of the caller, never of his client.
   */
  async record<Type extends string, Data>(
    tx: Tx,
    contract: EventContract<Type, Data>,
    recording: Recording<NoInfer<Data>>,
  ): Promise<number> {
    const { caller, requestId, repository, groupIds = [], repoId } = recording;
    const own = { ...(repository && { repository }), ...recording.data };
    const violation = contractViolation(contract, own);
    if (violation !== null) throw new Error(`event ${contract.type} v${contract.version}: ${violation}`);
    const { traceparent, chain } = currentTrail();
    const actor = { user_id: caller.userId, username: caller.username };
    const members = JSON.stringify({ actor, ...own, request_id: requestId }).slice(1);
    const [row] = await tx.prepared<{ event_id: number }>('outbox_record', RECORD, [
      contract.type,
      contract.version,
      caller.userId,
      requestId,
      repoId ?? repository?.repo_id ?? null,
      groupIds,
      pullRequestOf(own),
      recording.onlyWebhookId ?? null,
      recording.exceptWebhookId ?? null,
      traceparent,
      chain.length > 0 ? chain : null,
      `{"type":${JSON.stringify(contract.type)},"version":${contract.version},"timestamp":"`,
      '","data":{"event_id":',
      `,${members}}`,
    ]);
    if (row === undefined) throw new Error(`event ${contract.type} was not recorded`);
    tx.afterCommit(() => this.wake());
    return row.event_id;
  }

  /** Calls `wake` after every commit that recorded something in this process. @returns how to stop that */
  onRecorded(wake: () => void): () => void {
    this.relays.add(wake);
    return () => this.relays.delete(wake);
  }

  /** As {@link onRecorded}, for whoever does not relay: other processes are woken all the same. */
  onCommitted(tell: () => void): void {
    this.listeners.add(tell);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  /** A process that relays needs no NOTIFY: it is quicker itself, and NOTIFY makes commits queue up. */
  private wake(): void {
    for (const tell of this.listeners) tell();
    if (this.relays.size > 0) for (const relay of this.relays) relay();
    else if (this.notifying) this.notifyAgain = true;
    else void this.notify();
  }

  private async notify(): Promise<void> {
    this.notifying = true;
    setTimeout(() => {
      this.notifying = false;
      if (this.notifyAgain && !this.stopped) {
        this.notifyAgain = false;
        void this.notify();
      }
    }, NOTIFY_EVERY_MS).unref();
    try {
      await this.db.transaction((tx) => this.feed.publish(tx, OUTBOX_TOPIC));
    } catch (error) {
      // The relay polls as well: the event is late, not lost.
      this.log.warn(`cannot wake the relay: ${(error as Error).message}`);
    }
  }
}

/** The pull request that the event is about; subscriptions may ask for the events of each in order. */
function pullRequestOf(data: object): number | null {
  const { pull_request: pullRequest } = data as { pull_request?: { pull_request_id: number } };
  return pullRequest?.pull_request_id ?? null;
}
