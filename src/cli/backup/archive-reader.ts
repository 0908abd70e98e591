import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { CommandError } from '../command-error.js';
import { BACKUP_FORMAT, MANIFEST, type Manifest } from './manifest.js';

/** Header and content of one entry; its content must be read or resumed before the next one comes. */
export type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/**
 * Goes through a backup from front to back.
 * @param start gets the manifest before anything else
 * @param entry must read or resume what it gets
 * @throws CommandError when the file is no backup, or not whole
 */
export async function readArchive(
  file: string,
  start: (manifest: Manifest) => Promise<void>,
  entry: (name: string, entry: Entry) => Promise<void>,
): Promise<void> {
  const tar = extract();
  const fed = pipeline(createReadStream(file), createGunzip(), tar);
  let first = true;
  const read = async () => {
    for await (const one of tar) {
      if (first) await start(parseManifest(one.header.name, await text(one)));
      else await entry(one.header.name, one);
      first = false;
    }
  };
  try {
    await Promise.all([fed, read()]);
  } catch (error) {
    tar.destroy();
    await fed.catch(() => undefined);
    throw explained(file, error);
  }
  if (first) throw new CommandError(`${file} is empty.`);
}

function parseManifest(name: string, content: string): Manifest {
  if (name !== MANIFEST) throw new CommandError('This is not a backup of Forgegate: it has no manifest.');
  const manifest = JSON.parse(content) as Manifest;
  if (manifest.format === BACKUP_FORMAT) return manifest;
  throw new CommandError(
    `This backup was made by Forgegate ${manifest.forgegate} in a format that this version does not read.`,
  );
}

function explained(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CommandError(`There is no file ${file}.`);
  if (code?.startsWith('Z_') || /Unexpected end of data|Invalid tar header/.test(message)) {
    return new CommandError(`${file} is no backup of Forgegate, or not a whole one (${message}).`);
  }
  return error;
}
