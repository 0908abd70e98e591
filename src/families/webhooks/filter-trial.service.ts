import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { filterMismatch, filterProblem, type EventFilter } from '../../delivery/subscription-filter.js';
import { matchesAnyEvent } from '../../events/catalogue.js';
import type { Caller } from '../../rpc/call.js';
import { invalidParams } from '../../rpc/errors.js';
import type { EventEnvelope, JsonObject } from '../../sdk/index.js';
import { WebhookAccess } from './webhook-access.js';
import type { TestWebhookFilterArgs } from './webhooks.dto.js';

/** $1 repo_id, $2 group_id, $3 patterns, $4 how many. The newest first, as subscriptions of that scope would get them. */
const PAST = `
  SELECT body FROM event e
   WHERE only_webhook_id IS NULL AND expunged_at IS NULL
     AND ($1::int IS NULL OR repo_id = $1) AND ($2::int IS NULL OR $2 = ANY (group_ids))
     AND EXISTS (SELECT FROM unnest($3::text[]) AS p WHERE e.type LIKE replace(replace(p, '_', '\\_'), '*', '%'))
   ORDER BY event_id DESC LIMIT $4`;

/** Tries a filter on what has happened. */
@Injectable()
export class FilterTrial {
  constructor(
    private readonly db: Database,
    private readonly access: WebhookAccess,
  ) {}

  async run({ principal }: Caller, args: TestWebhookFilterArgs) {
    const { repoId, repoGroupId } = await this.access.scope(principal, args);
    const problem = filterProblem(args.filter as JsonObject);
    if (problem !== null) throw invalidParams(problem);
    const unknown = args.event_types.find((pattern) => !matchesAnyEvent(pattern));
    if (unknown !== undefined)
      throw invalidParams(`event_types: ${JSON.stringify(unknown)} matches no event type of this gateway`);
    const rows = await this.db.query<{ body: string }>(PAST, [
      repoId,
      repoGroupId,
      args.event_types,
      args.limit,
    ]);
    const events = rows.map(({ body }) =>
      tried(JSON.parse(body) as EventEnvelope, args.filter as EventFilter),
    );
    const matched = events.filter(({ matches }) => matches).length;
    return { matched, skipped: events.length - matched, events };
  }
}

function tried(event: EventEnvelope, filter: EventFilter) {
  const reason = filterMismatch(filter, event);
  return {
    event_id: event.data.event_id,
    event_type: event.type,
    timestamp: event.timestamp,
    matches: reason === null,
    reason,
  };
}
