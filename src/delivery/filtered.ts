import { Logger } from '@nestjs/common';
import type { Database } from '../database/database.js';
import type { EventEnvelope } from '../sdk/index.js';
import type { ClaimedDelivery } from './claimed-delivery.js';
import { retryOnConflict } from './queue-signals.js';
import { filterMismatch } from './subscription-filter.js';

const log = new Logger('Delivery');

/**
 * $1 JSON array of what is left out: kept as `skipped` where its subscription wants that or it was attempted before, else
 * as if it had never been.
 */
const LEAVE_OUT = `
  WITH mine AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS m (delivery_id bigint, claim_id uuid, reason text, keep boolean)
  ), dropped AS (
    DELETE FROM delivery_open d USING mine m
     WHERE NOT m.keep AND d.delivery_id = m.delivery_id AND d.state = 'leased' AND d.claim_id = m.claim_id
  )
  UPDATE delivery d
     SET state = 'skipped', attempts = d.attempts - 1, claim_id = NULL, lease_until = NULL, next_attempt_at = NULL,
         completed_at = now(), last_code = 'FILTERED', last_reason = m.reason
    FROM mine m
   WHERE d.delivery_id = ANY (ARRAY (SELECT delivery_id FROM mine WHERE keep)) AND d.delivery_id = m.delivery_id
     AND d.state = 'leased' AND d.claim_id = m.claim_id`;

/** What is not sent uses nothing of the rate. $1 webhook_ids, one for each delivery */
const SPARE_RATE = `
  UPDATE webhook w SET rate_from = w.rate_from - spared.count * interval '60 s' / w.rate_per_minute
    FROM (SELECT webhook_id, count(*) AS count FROM unnest($1::int[]) AS given (webhook_id) GROUP BY webhook_id) AS spared
   WHERE w.webhook_id = spared.webhook_id AND w.rate_per_minute IS NOT NULL`;

/** Takes those out of a claim that the filters of their subscriptions do not want. @returns the others */
export async function leaveOutFiltered(
  db: Database,
  rows: readonly ClaimedDelivery[],
  claimId: string,
): Promise<ClaimedDelivery[]> {
  const wanted: ClaimedDelivery[] = [];
  const unwanted: object[] = [];
  const rated: number[] = [];
  for (const row of rows) {
    const reason = reasonFor(row);
    if (reason === null) {
      wanted.push(row);
      continue;
    }
    const keep = row.record_skipped || row.attempts > 1;
    unwanted.push({ delivery_id: row.delivery_id, claim_id: claimId, reason, keep });
    if (row.is_rated) rated.push(row.webhook_id);
  }
  if (unwanted.length > 0) {
    await retryOnConflict(async () => {
      await db.prepared('delivery_leave_out', LEAVE_OUT, [JSON.stringify(unwanted)]);
      if (rated.length > 0) await db.prepared('delivery_spare_rate', SPARE_RATE, [rated]);
    }).catch(
      // Their leases run out, and they are looked at again
      (error: unknown) => log.error(`cannot leave filtered deliveries out: ${(error as Error).message}`),
    );
  }
  return wanted;
}

/** What was sent to one subscription on purpose, or again, is not filtered. */
function reasonFor({ filter, body, is_for_one, resent }: ClaimedDelivery): string | null {
  return filter === null || body === null || is_for_one || resent
    ? null
    : filterMismatch(filter, JSON.parse(body) as EventEnvelope);
}
