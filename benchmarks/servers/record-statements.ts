import type { INestApplicationContext } from '@nestjs/common';
import { Database } from '../../src/database/database.js';

export interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What the application asks the database while `work` runs; transactions are not looked into. */
export async function recordStatements(
  app: INestApplicationContext,
  work: () => Promise<void>,
): Promise<Recorded[]> {
  const database = app.get(Database);
  const query = database.query.bind(database);
  const prepared = database.prepared.bind(database);
  const recorded: Recorded[] = [];
  const watched: Pick<Database, 'query' | 'prepared'> = {
    query: (text, values = []) => {
      recorded.push({ text, values });
      return query(text, values);
    },
    prepared: (name, text, values = []) => {
      recorded.push({ text, values });
      return prepared(name, text, values);
    },
  };
  Object.assign(database, watched);
  try {
    await work();
  } finally {
    for (const name of Object.keys(watched)) Reflect.deleteProperty(database, name);
  }
  // The use of keys is written every few seconds, whatever runs.
  return recorded.filter(({ text }) => !text.startsWith('UPDATE api_key'));
}
