import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { userFile } from './connection-file.js';
import {
  connectionFrom,
  saveConnection,
  withConnectionOptions,
  type ConnectionOptions,
} from './connection-options.js';
import { callLegacy } from './legacy-call.js';
import { dumps } from './python-json.js';

interface GistOptions extends ConnectionOptions {
  readonly private?: boolean;
  readonly filename?: string;
  readonly description?: string;
  readonly lifetime?: string;
  readonly compat?: boolean;
}

const UNNAMED = 'gistfile1.txt';

/** The drop-in for `kallithea-gist`: makes a gist of files, or of what comes through a pipe. */
export const gistCommand = (name: string): Command =>
  withConnectionOptions(new Command(name))
    .description('Create a gist')
    .argument('[files...]', 'what it holds; standard input when none is named')
    .option('-p, --private', 'only those who know its address see it')
    .option('-f, --filename <name>', 'of what comes through standard input, or of the one file', undefined)
    .option('-d, --description <text>', 'what it is about')
    .option('-l, --lifetime <minutes>', 'how long it is there, -1 for ever')
    .option('--compat', 'end with 0 also when the gateway refuses, as the old tool did')
    .addHelpText(
      'after',
      `\nExamples:\n  ${name} -d "How to greet" hello.py\n  dmesg | ${name} --private -f dmesg.txt --lifetime 60`,
    )
    .action(async (paths: string[], options: GistOptions) => {
      const connection = connectionFrom(options);
      if (options.saveConfig) {
        saveConnection(userFile(), connection);
        if (paths.length === 0) return;
      }
      const { result, error } = await callLegacy(connection, 'create_gist', {
        lifetime: options.lifetime ?? null,
        description: options.description ?? null,
        gist_type: options.private ? 'private' : 'public',
        files: filesFrom(paths, options),
      });
      if (error !== null && !options.compat) process.exitCode = 1;
      if (options.format === 'json') console.log(dumps(error ?? result));
      else if (error !== null) console.log(`ERROR:${dumps(error)}`);
      else {
        const { type, url } = (result as { gist: { type: string; url: string } }).gist;
        console.log(`Created ${type} gist ${url}`);
      }
    });

function filesFrom(
  paths: readonly string[],
  { filename, apikeyFile }: GistOptions,
): Record<string, { content: string; lexer: null }> {
  if (filename !== undefined && paths.length > 1)
    throw new CommandError('--filename names one file; several keep their own names.');
  if (paths.length === 0 && apikeyFile === '-')
    throw new CommandError('Standard input is the API key already: name a file.');
  const found: Record<string, { content: string; lexer: null }> = {};
  for (const path of paths.length > 0 ? paths : ['-']) {
    const name = filename ?? (path === '-' ? UNNAMED : basename(path));
    if (Object.hasOwn(found, name)) throw new CommandError(`Two files are called ${name}.`);
    found[name] = { content: readFileSync(path === '-' ? 0 : path, 'utf8'), lexer: null };
  }
  return found;
}
