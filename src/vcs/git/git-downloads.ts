import type { Readable } from 'node:stream';
import { requireFullId, revisionNotFound } from '../names.js';
import type { ArchiveFormat } from '../downloads.js';
import type { OperationOptions, VcsError } from '../vcs.js';
import { bzip2 } from './bzip2.js';
import type { GitCommand } from './git-command.js';
import { PATCH } from './git-diff.js';

/** Stands for "no files"; git knows it without having it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const EMAIL = ['--stat', '--pretty=email', '--encoding=UTF-8', '--root', '--diff-merges=first-parent'];
const CONFIG = [['core.quotePath', 'false']] as const;

/** What is read as a stream, because nobody knows how much it is. */
export class GitDownloads {
  constructor(private readonly git: GitCommand) {}

  async archive(
    path: string,
    rawId: string,
    { format, prefix }: { format: ArchiveFormat; prefix: string },
    { signal }: OperationOptions = {},
  ): Promise<Readable> {
    const form = format === 'tar.bz2' ? 'tar' : format;
    const args = ['archive', `--format=${form}`, `--prefix=${prefix}/`, '--end-of-options'];
    const archive = await this.git.open([...args, requireFullId(rawId)], { gitDir: path, signal }, missing);
    return format === 'tar.bz2' ? bzip2(archive, this.git.tool.searchPath, signal) : archive;
  }

  diff(path: string, from: string | null, to: string, { signal }: OperationOptions = {}): Promise<Readable> {
    const sides = [from === null ? EMPTY_TREE : requireFullId(from), requireFullId(to)];
    const call = { gitDir: path, config: CONFIG, signal };
    return this.git.open([...PATCH, '--binary', '--end-of-options', ...sides], call, missing);
  }

  patch(path: string, rawId: string, { signal }: OperationOptions = {}): Promise<Readable> {
    const args = [...PATCH, '--binary', ...EMAIL, '--end-of-options', requireFullId(rawId)];
    return this.git.open(args, { gitDir: path, config: CONFIG, signal }, missing);
  }
}

function missing(stderr: string): VcsError | null {
  const id = /\b(?:bad object|not a (?:tree object|valid object name):?) ([0-9a-f]{40})/i.exec(stderr)?.[1];
  return id === undefined ? null : revisionNotFound(id);
}
