import type { Readable } from 'node:stream';
import { requireFullId } from '../names.js';
import type { ArchiveFormat } from '../downloads.js';
import type { OperationOptions } from '../vcs.js';
import type { HgCommand } from './hg-command.js';

const TYPES: Record<ArchiveFormat, string> = { zip: 'zip', 'tar.gz': 'tgz', 'tar.bz2': 'tbz2' };

/** What is read as a stream, because nobody knows how much it is. */
export class HgDownloads {
  constructor(private readonly hg: HgCommand) {}

  archive(
    path: string,
    rawId: string,
    { format, prefix }: { format: ArchiveFormat; prefix: string },
    options?: OperationOptions,
  ): Promise<Readable> {
    const type = ['--type', TYPES[format], '--prefix', prefix];
    return this.hg.open(['-R', path, 'archive', ...type, '--rev', requireFullId(rawId), '--', '-'], options);
  }

  diff(path: string, from: string | null, to: string, options?: OperationOptions): Promise<Readable> {
    const sides = ['--rev', from === null ? 'null' : requireFullId(from), '--rev', requireFullId(to)];
    return this.hg.open(['-R', path, 'diff', '--git', ...sides], options);
  }

  patch(path: string, rawId: string, options?: OperationOptions): Promise<Readable> {
    return this.hg.open(['-R', path, 'export', '--git', '--rev', requireFullId(rawId)], options);
  }
}
