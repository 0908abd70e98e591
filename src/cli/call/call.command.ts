import { Command } from 'commander';
import { argumentsOf } from './argument-words.js';
import { localFile, userFile } from './connection-file.js';
import {
  connectionFrom,
  saveConnection,
  withConnectionOptions,
  type ConnectionOptions,
} from './connection-options.js';
import { contractMethods, findMethod } from './contract-file.js';
import { callLegacy, type LegacyAnswer } from './legacy-call.js';
import { methodHelp, methodList } from './method-help.js';
import { dumps, dumpsPretty } from './python-json.js';

interface CallOptions extends ConnectionOptions {
  readonly compat?: boolean;
  readonly help?: boolean;
}

/** As a method's name in 2014: writes `.config` into the folder that one is in. */
const CREATE_CONFIG = '_create_config';

/** The drop-in for `kallithea-api`. @param program as it is called, for help: `forgegate call` */
export function callCommand(name: string, program = name): Command {
  const command = withConnectionOptions(new Command(name))
    .description('Call a method of a gateway')
    .argument('[method]', 'name of the method')
    .argument('[arguments...]', 'key:value, or the JSON text of an object with several')
    .option('--compat', 'end with 0 also when the gateway refuses, as the old tool did')
    .helpOption(false)
    .option('-h, --help', 'of this command, or of the method that is named')
    .addHelpText('after', () => `\nMethods, by family:\n${methodList(contractMethods())}`)
    .addHelpText(
      'after',
      `\nExamples:\n  ${program} --save-config --apihost=https://forge.example.com --apikey-file=key\n` +
        `  ${program} get_repo repoid:website\n  ${program} get_repo --help`,
    );
  return command.action(async (method: string | undefined, words: string[], options: CallOptions) => {
    if (options.help) {
      const found = method === undefined ? undefined : findMethod(contractMethods(), method);
      return found ? console.log(methodHelp(found, program)) : command.outputHelp();
    }
    if (method === undefined && !options.saveConfig) return command.help({ error: true });
    const connection = connectionFrom(options);
    if (method === CREATE_CONFIG) return saveConnection(localFile(), connection);
    if (options.saveConfig) saveConnection(userFile(), connection);
    if (method === undefined) return;
    const args = argumentsOf(words, findMethod(contractMethods(), method));
    if (options.format === 'pretty') console.log(`Calling method ${method} => ${connection.apihost}`);
    const answer = await callLegacy(connection, method, args);
    console.log(shown(answer, options.format));
    if (answer.error !== null && !options.compat) process.exitCode = 1;
  });
}

function shown({ result, error }: LegacyAnswer, format: 'pretty' | 'json'): string {
  if (format === 'json') return dumps(error ?? result);
  return `Server response\n${error === null ? dumpsPretty(result) : `ERROR:${dumpsPretty(error)}`}`;
}
