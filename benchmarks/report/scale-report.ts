import { CALLS } from '../scale/scale-stage.js';
import type { ScaleResult } from '../scale/scale.js';
import type { Spread } from '../statistics.js';
import { aimed, ratio, table, withRange } from './table.js';

/** The aim: the large installation differs from the small one by no more than the small one does between rounds. */
export function scaleReport({ plan, small, large, calls }: ScaleResult): string {
  const rows = CALLS.map((name) => {
    const { small: few, large: many, ratio: byFew, noise } = calls[name];
    const orNone = (value: typeof few.postgresUs) => (value ? withRange(value) : '-');
    return [
      name,
      `${few.rows} / ${many.rows}`,
      withRange(few.gatewayUs),
      withRange(many.gatewayUs),
      withRange(byFew, ratio),
      withRange(noise, ratio),
      name === 'get_repos' ? '-' : withinNoise(byFew, noise),
      orNone(few.postgresUs),
      orNone(many.postgresUs),
    ];
  });
  const { gateway, postgres } = calls.get_repos.per1000RowsMs;
  return [
    `SCALE  ${large.repositories} repositories and ${large.users} users against ${small.repositories} and ` +
      `${small.users}; ${plan.rounds} rounds of ${plan.sliceMs / 1000} s each`,
    table(
      [
        'CPU of a call, us',
        'rows few / many',
        'gateway, few',
        'gateway, many',
        'many / few',
        'noise',
        'aim',
        'PostgreSQL, few',
        'PostgreSQL, many',
      ],
      rows,
    ),
    '',
    `get_repos of a plain user, CPU for 1,000 rows: gateway ${withRange(gateway)} ms, ` +
      `PostgreSQL ${postgres ? withRange(postgres) : '-'} ms`,
  ].join('\n');
}

/** Some rounds must have seen no difference at all, or the noise of the small one is not what differs. */
function withinNoise(byFew: Spread, noise: Spread): string {
  if (byFew.median >= noise.min && byFew.median <= noise.max && byFew.min <= 1) return aimed('within', true);
  return byFew.min > noise.max ? aimed('within', false) : 'within undecided';
}
