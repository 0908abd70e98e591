import { Command, InvalidArgumentError } from 'commander';
import pg from 'pg';
import { generateApiKey } from '../access/api-key.js';
import { loadSettings } from '../config/load-settings.js';
import { CommandError } from './command-error.js';
import { openDatabase } from './open-database.js';

export interface NewKey {
  readonly user: string;
  readonly description: string;
  /** Minutes; null: does not expire. */
  readonly lifetime: number | null;
}

export function keyCommand(): Command {
  const create = new Command('create')
    .description('Make an API key, e.g. when the last one was lost; it is printed once')
    .requiredOption('--user <name>', 'whose key it is')
    .option('--description <text>', 'what it is for', 'made on the command line')
    .option('--lifetime <minutes>', 'how long it is valid; without it for ever', parseMinutes)
    .addHelpText(
      'after',
      '\nWorks while the gateway runs and while it does not.\n' +
        '\nExamples:\n  npx forgegate key create --user admin\n' +
        '  npx forgegate key create --user ci --description "nightly mirror" --lifetime 1440',
    )
    .action(
      async ({ user, description, lifetime }: { user: string; description: string; lifetime?: number }) => {
        const database = await openDatabase(loadSettings(), false);
        try {
          console.log(await createKey(database.url, { user, description, lifetime: lifetime ?? null }));
        } finally {
          await database.close();
        }
      },
    );
  return new Command('key').description('API keys').addCommand(create);
}

/**
 * @returns the key, of which only the hash is stored
 * @throws CommandError
 */
export async function createKey(url: string, { user, description, lifetime }: NewKey): Promise<string> {
  const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
  await client.connect();
  try {
    const { rows } = await client.query<{ ready: boolean }>(
      `SELECT to_regclass('api_key') IS NOT NULL AS ready`,
    );
    if (!rows[0]?.ready) throw new CommandError('The database is empty. Start the gateway once.');
    const found = await client.query<{ user_id: number; username: string; active: boolean }>(
      `SELECT user_id, username, active FROM "user" WHERE lower(username) = lower($1) AND username <> 'default'`,
      [user],
    );
    const owner = found.rows[0];
    if (!owner) throw new CommandError(`There is no user \`${user}\`.`);
    const { key, hash, prefix } = generateApiKey();
    await client.query(
      `INSERT INTO api_key (user_id, key_hash, prefix, description, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5::integer * interval '1 minute')`,
      [owner.user_id, hash, prefix, description, lifetime],
    );
    if (!owner.active)
      console.error(`The user \`${owner.username}\` is not active, so the key does not work yet.`);
    return key;
  } finally {
    await client.end();
  }
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (!/^\d{1,9}$/.test(text) || minutes < 1)
    throw new InvalidArgumentError('It must be a number of minutes.');
  return minutes;
}
