/** How far back a rate may be saved up: one second, or the time of one delivery where that is longer. */
const BURST_OF = (rate: string): string => `greatest(interval '1 s', interval '60 s' / ${rate})`;

/**
 * Claims due deliveries, visiting the subscriptions that have any in turn, beginning after $1, so that none can starve
 * the others, and giving each no more than it may have. Row locks are skipped, never awaited; whoever holds the lock of
 * a subscription counts exactly what is in flight for it, in all processes.
 *
 * A subscription may have as many at once as its cap (its own, or $3; halved for each level it was slowed down; one
 * while its breaker is half open), and as its rate has saved up, at most a second's worth. One that orders its deliveries
 * has of each key only the oldest unfinished one.
 *
 * Rows that a statement has locked itself are found again by `ctid = ANY (ARRAY (...))`: a join by id was planned from
 * statistics that are old in a table that fills and empties within seconds, and read all of it (measured: 60 times slower).
 *
 * $1 last visited webhook_id, $2 most to claim, $3 cap per subscription, $4 claim_id, $5 lease in ms,
 * $6 failures in a row that open the breaker, $7 adapters that run in this process
 */
export const CLAIM = `
  WITH RECURSIVE ahead (webhook_id) AS (
    (SELECT webhook_id FROM delivery_open WHERE state = 'pending' AND webhook_id > $1::int ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM delivery_open d WHERE d.state = 'pending' AND d.webhook_id > a.webhook_id
             ORDER BY d.webhook_id LIMIT 1)
      FROM ahead a WHERE a.webhook_id IS NOT NULL
  ), behind (webhook_id) AS (
    (SELECT webhook_id FROM delivery_open WHERE state = 'pending' AND webhook_id <= $1::int ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM delivery_open d
             WHERE d.state = 'pending' AND d.webhook_id > b.webhook_id AND d.webhook_id <= $1::int
             ORDER BY d.webhook_id LIMIT 1)
      FROM behind b WHERE b.webhook_id IS NOT NULL
  ), turn AS MATERIALIZED (
    SELECT hook.*
      FROM (SELECT webhook_id FROM ahead UNION ALL SELECT webhook_id FROM behind) AS queued
     CROSS JOIN LATERAL (
       SELECT w.webhook_id, w.ordering, w.rate_per_minute, w.rate_from,
              CASE WHEN w.failures_in_row >= $6::int OR w.ordering = 'strict' THEN 1
                   ELSE greatest(1, coalesce(w.max_in_flight, $3::int) >> w.slow_level) END AS cap
         FROM webhook w
        WHERE w.webhook_id = queued.webhook_id AND w.active AND w.adapter = ANY ($7::text[])
          AND (w.breaker_open_until IS NULL OR w.breaker_open_until <= now())
          AND (w.slowed_until IS NULL OR w.slowed_until <= now())
          AND EXISTS (SELECT FROM delivery_open d
                       WHERE d.state = 'pending' AND d.webhook_id = w.webhook_id AND d.next_attempt_at <= now())
          FOR NO KEY UPDATE SKIP LOCKED
     ) AS hook
     LIMIT $2::int
  ), allowed AS MATERIALIZED (
    SELECT webhook_id, ordering,
           least(cap - delivery_in_flight(webhook_id),
                 CASE WHEN rate_per_minute IS NOT NULL THEN
                   floor(extract(epoch FROM now() - greatest(rate_from, now() - ${BURST_OF('rate_per_minute')}))
                         * rate_per_minute / 60 + 1e-6)::int END) AS room
      FROM turn
  ), picked AS MATERIALIZED (
    SELECT due.tid, allowed.webhook_id
      FROM allowed
     CROSS JOIN LATERAL (
       SELECT tid FROM (
         SELECT d.ctid AS tid FROM delivery_open d
          WHERE allowed.ordering = 'none' AND d.state = 'pending' AND d.webhook_id = allowed.webhook_id
            AND d.next_attempt_at <= now()
          ORDER BY d.next_attempt_at, d.delivery_id
          LIMIT greatest(0, allowed.room)
            FOR UPDATE SKIP LOCKED
       ) AS any_order
       UNION ALL
       SELECT tid FROM (
         SELECT d.ctid AS tid FROM delivery_open d
          WHERE allowed.ordering <> 'none' AND d.state = 'pending' AND d.next_attempt_at <= now()
            AND d.ctid = ANY (ARRAY (
              WITH RECURSIVE head (tid, order_key) AS (
                (SELECT h.ctid, h.order_key FROM delivery_open h
                  WHERE h.webhook_id = allowed.webhook_id AND h.order_key IS NOT NULL
                  ORDER BY h.order_key, h.delivery_id LIMIT 1)
                UNION ALL
                SELECT next.tid, next.order_key
                  FROM head
                 CROSS JOIN LATERAL (
                   SELECT h.ctid AS tid, h.order_key FROM delivery_open h
                    WHERE h.webhook_id = allowed.webhook_id AND h.order_key > head.order_key
                    ORDER BY h.order_key, h.delivery_id LIMIT 1
                 ) AS next
              )
              SELECT tid FROM head
            ))
          ORDER BY d.next_attempt_at, d.delivery_id
          LIMIT greatest(0, allowed.room)
            FOR UPDATE SKIP LOCKED
       ) AS in_order
     ) AS due
     LIMIT $2::int
  ), spent AS (
    UPDATE webhook w
       SET rate_from = greatest(w.rate_from, now() - ${BURST_OF('w.rate_per_minute')})
                       + taken.count * interval '60 s' / w.rate_per_minute
      FROM (SELECT webhook_id, count(*) AS count FROM picked GROUP BY webhook_id) AS taken
     WHERE w.webhook_id = taken.webhook_id AND w.rate_per_minute IS NOT NULL
  ), claimed AS (
    UPDATE delivery_open d
       SET state = 'leased', claim_id = $4::uuid, lease_until = now() + $5::int * interval '1 ms',
           attempts = d.attempts + 1
     WHERE d.ctid = ANY (ARRAY (SELECT tid FROM picked))
    RETURNING d.delivery_id, d.created_at, d.event_id, d.event_occurred_at, d.event_type, d.webhook_id, d.attempts,
              d.local_faults, d.round_start, d.resent
  )
  SELECT c.*, w.adapter, w.url, w.config, w.secrets_sealed, w.updated_at AS webhook_updated_at, w.retry_schedule_s,
         w.filter, w.record_skipped, w.rate_per_minute IS NOT NULL AS is_rated, e.only_webhook_id IS NOT NULL AS is_for_one,
         a.ordering <> 'none' OR count(*) OVER (PARTITION BY c.webhook_id) >= a.room AS is_full,
         w.failing_since IS NOT NULL OR w.slow_level > 0 OR w.warned_percent > 0 AS is_troubled,
         e.body, e.traceparent, e.chain, e.expunged_at IS NOT NULL AS is_expunged
    FROM claimed c JOIN webhook w ON w.webhook_id = c.webhook_id JOIN allowed a ON a.webhook_id = c.webhook_id
    LEFT JOIN LATERAL (
      SELECT body, traceparent, chain, expunged_at, only_webhook_id FROM event
       WHERE event_id = c.event_id AND occurred_at = c.event_occurred_at LIMIT 1
    ) AS e ON true`;
