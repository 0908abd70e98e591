import { Database } from '../../src/database/database.js';
import type { TestGateway } from './gateway.js';

export interface RecordedEvent {
  type: string;
  data: Record<string, Record<string, unknown>>;
}

/** What was simulated did not happen. @returns a function that yields what was recorded since it was last called (at first: since now), in order */
export async function followEvents(gateway: TestGateway): Promise<() => Promise<RecordedEvent[]>> {
  const db = gateway.app.get(Database);
  let seen = 0;
  const next = async () => {
    const rows = await db.query<{ event_id: number; body: string }>(
      `SELECT event_id, body FROM event
        WHERE event_id > $1 AND (only_webhook_id IS NULL OR type = 'webhook.ping') ORDER BY event_id`,
      [seen],
    );
    seen = rows.at(-1)?.event_id ?? seen;
    return rows.map(({ body }) => {
      const { type, data } = JSON.parse(body) as RecordedEvent;
      return { type, data };
    });
  };
  // What earlier pushes and comparisons leave to tell belongs to them
  while ((await db.query('SELECT FROM push')).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await next();
  return next;
}
