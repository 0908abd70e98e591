import { ADVISORY_LOCK } from '../database/advisory-locks.js';
import { OPT_IN_TYPES } from '../events/catalogue.js';
import { LONGEST_CHAIN } from '../trail/trail.js';

/**
 * What deliveries must not overtake each other, as a number that means something within one subscription only: the same
 * for all (`strict`), the pull request or the repository. An event that has none gets a number of its own, below zero.
 * Null, for `none`: any order.
 */
export const ORDER_KEY = (ordering: string, event: string): string => `
  CASE ${ordering} WHEN 'strict' THEN 0
                   WHEN 'repository' THEN coalesce(${event}.repo_id, -${event}.event_id)
                   WHEN 'pull_request' THEN coalesce(${event}.pull_request_id, -${event}.event_id) END`;

const GOES_ROUND = `(t.chain_length >= ${LONGEST_CHAIN})`;

/**
 * Turns waiting events into deliveries, one for each subscription that wants them; those of a subscription that is not
 * active are held. Taking an event out of the outbox and adding its deliveries is one statement, so that no crash can
 * do one without the other. One relay at a time, so that deliveries get their ids in the order of their events. $1 most events to take
 */
export const RELAY = `
  WITH waiting AS MATERIALIZED (
    SELECT ctid AS tid FROM outbox
     WHERE (SELECT pg_advisory_xact_lock(${ADVISORY_LOCK.relay})::text) IS NOT NULL
     ORDER BY event_id LIMIT $1::int FOR UPDATE SKIP LOCKED
  ), taken AS (
    DELETE FROM outbox o WHERE o.ctid = ANY (ARRAY (SELECT tid FROM waiting))
    RETURNING o.event_id, o.occurred_at, o.type, o.repo_id, o.group_ids, o.pull_request_id, o.only_webhook_id,
              o.except_webhook_id, o.chain_length
  ), hook AS MATERIALIZED (
    SELECT t.event_id, w.*
      FROM taken t
     CROSS JOIN LATERAL (
       SELECT webhook_id, event_types FROM webhook WHERE t.only_webhook_id IS NULL AND repo_id = t.repo_id
       UNION ALL
       SELECT webhook_id, event_types FROM webhook
        WHERE t.only_webhook_id IS NULL AND repo_group_id = ANY (t.group_ids)
          AND (recursive OR repo_group_id = t.group_ids[cardinality(t.group_ids)])
       UNION ALL
       SELECT webhook_id, event_types FROM webhook
        WHERE t.only_webhook_id IS NULL AND repo_id IS NULL AND repo_group_id IS NULL
       UNION ALL
       SELECT webhook_id, '{*}' FROM webhook WHERE webhook_id = t.only_webhook_id
     ) AS w
  ), added AS (
    INSERT INTO delivery (event_id, event_occurred_at, event_type, repo_id, webhook_id, order_key, state,
                          next_attempt_at, completed_at, last_outcome, last_code, last_reason)
    SELECT t.event_id, t.occurred_at, t.type, t.repo_id, w.webhook_id, ${ORDER_KEY('w.ordering', 't')},
           CASE WHEN ${GOES_ROUND} THEN 'blocked' WHEN w.active THEN 'pending' ELSE 'held' END,
           CASE WHEN w.active AND NOT ${GOES_ROUND} THEN now() END,
           CASE WHEN ${GOES_ROUND} THEN now() END, CASE WHEN ${GOES_ROUND} THEN 'blocked' END,
           CASE WHEN ${GOES_ROUND} THEN 'EVENT_CHAIN_TOO_LONG' END,
           CASE WHEN ${GOES_ROUND} THEN '${LONGEST_CHAIN} events led to this one: it seems to go round' END
      FROM taken t JOIN hook h USING (event_id) JOIN webhook w ON w.webhook_id = h.webhook_id
     WHERE w.created_at <= t.occurred_at + interval '1 ms'
       AND (w.retired_at IS NULL OR t.occurred_at <= w.retired_at)
       AND w.webhook_id IS DISTINCT FROM t.except_webhook_id
       AND EXISTS (SELECT FROM unnest(h.event_types) AS pattern
                    WHERE t.type LIKE replace(replace(pattern, '_', '\\_'), '*', '%')
                      AND (pattern = t.type OR t.type <> ALL ('{${OPT_IN_TYPES.join(',')}}')))
     ORDER BY t.event_id
    RETURNING state
  )
  SELECT (SELECT count(*) FROM taken) AS events, (SELECT count(*) FROM added WHERE state = 'pending') AS deliveries`;
