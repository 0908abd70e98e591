import { Command } from 'commander';
import { ForgegateClient } from '../client/client.js';
import { clientModule } from '../reference/client-contract.js';
import type { JsonObject } from '../sdk/index.js';
import { readConnection } from './call/connection-file.js';
import { CommandError } from './command-error.js';

/** The typed client of one gateway, with the methods of the plugins that run there. */
export function clientCommand(): Command {
  return new Command('client')
    .description(
      'Write a TypeScript client for the methods of a running gateway, those of its plugins included',
    )
    .option('--apihost <url>', 'address of the gateway; by default the one of --save-config')
    .addHelpText(
      'after',
      '\nExample:\n  npx forgegate client --apihost=https://forge.example.com > forge.ts\n\n' +
        "It exports `connect({ url, key })` and imports `forgegate/client`. A plugin's own: forgegate plugin docs --format client.",
    )
    .action(async ({ apihost = readConnection().apihost }: { apihost?: string }) => {
      if (!apihost)
        throw new CommandError('No address: give --apihost, e.g. --apihost=https://forge.example.com.');
      // Everybody may read the contract
      const document = await new ForgegateClient({ url: apihost })
        .request('rpc.discover')
        .catch((error: Error) => {
          throw new CommandError(`${apihost}: ${error.message}`, { cause: error });
        });
      process.stdout.write(
        clientModule(document as JsonObject, `// Made by \`forgegate client\` from ${apihost}; do not edit.`),
      );
    });
}
