import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.js';
import { readConnection, userFile, writeConnection, type Connection } from './connection-file.js';

export interface ConnectionOptions {
  readonly apikey?: string;
  readonly apikeyFile?: string;
  readonly apihost?: string;
  readonly saveConfig?: boolean;
  readonly format: 'pretty' | 'json';
}

export const withConnectionOptions = (command: Command): Command =>
  command
    .option('--apikey <key>', 'API key; other users of this machine see it while the command runs')
    .option('--apikey-file <path>', 'file that holds the API key, - for standard input')
    .option('--apihost <url>', 'address of the gateway, e.g. https://forge.example.com')
    .option('--save-config', `keep the API key and the address in ${userFile()}`)
    .addOption(
      new Option('--format <format>', 'of the output').choices(['pretty', 'json']).default('pretty'),
    );

/** What was given goes before the file. @throws CommandError naming what is missing */
export function connectionFrom(options: ConnectionOptions): Connection {
  const given = givenKey(options);
  const file = given !== undefined && options.apihost !== undefined ? {} : readConnection();
  const apikey = given ?? file.apikey;
  const apihost = options.apihost ?? file.apihost;
  if (!apikey)
    throw new CommandError(`No API key: give --apikey-file or --apikey, or keep one with --save-config.`);
  if (!apihost)
    throw new CommandError('No address: give --apihost, e.g. --apihost=https://forge.example.com.');
  if (!/^https?:\/\//.test(apihost))
    throw new CommandError(`--apihost must begin with http:// or https://, got "${apihost}".`);
  return { apikey, apihost };
}

export function saveConnection(path: string, connection: Connection): void {
  writeConnection(path, connection);
  console.error(`Wrote ${path}`);
}

function givenKey({ apikey, apikeyFile }: ConnectionOptions): string | undefined {
  if (apikeyFile === undefined) return apikey;
  return readFileSync(apikeyFile === '-' ? 0 : apikeyFile, 'utf8').trim();
}
