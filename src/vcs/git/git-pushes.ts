import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recordedText } from '../recorded-text.js';
import { recordedTime } from '../recorded-time.js';
import { refNamed, isReserved, type ArrivedCommit, type Gain, type GainQuery } from '../ref-changes.js';
import type { Pending, RefValue } from '../ref-changes.js';
import type { OperationOptions, TouchedFiles } from '../vcs.js';
import type { GitCall, GitCommand } from './git-command.js';
import { DIFF_TREE, touchedFrom } from './git-files.js';

/** A program that lives holds a lock for the time of some writes; one that was killed leaves it for ever. */
const LOCK_IS_LEFT_MS = 30_000;
const NO_FILES: TouchedFiles = { added: [], changed: [], removed: [] };
const FORMAT = '--format=%H%n%P%n%aN <%aE>%n%ct%n%B';

/** What pushes bring: the refs as they are, and the commits between two values of one. */
export class GitPushes {
  constructor(private readonly git: GitCommand) {}

  async refs(path: string, { signal }: OperationOptions = {}): Promise<RefValue[]> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)'];
    const lines = (await this.git.output(args, { gitDir: path, signal })).split('\n');
    return lines
      .filter((line) => line !== '' && !isReserved(line.slice(41)))
      .map((line) => ({ ...refNamed(line.slice(41)), id: line.slice(0, 40) }) as RefValue);
  }

  /** Whether a program may be about to change refs: it holds their locks from before it asks until it has done so. */
  async isChanging(path: string): Promise<boolean> {
    const entries = await readdir(join(path, 'refs'), { recursive: true });
    const locks = entries
      .filter((entry) => entry.endsWith('.lock'))
      .map((entry) => join(path, 'refs', entry));
    for (const lock of [...locks, join(path, 'packed-refs.lock')]) {
      const found = await stat(lock).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs < LOCK_IS_LEFT_MS) return true;
    }
    return false;
  }

  async gain(path: string, query: GainQuery, { signal }: OperationOptions = {}): Promise<Gain> {
    const { from, to } = query.change;
    const call = { ...reading(path, query.pending), signal };
    if (to === null) return { isForward: true, count: 0, ids: [] };
    const list = ['rev-list', '--ignore-missing', `--max-count=${query.limit}`, '--stdin'];
    const excluded = from === null ? query.others : [from];
    const input = `${to}\n${excluded.map((id) => `^${id}\n`).join('')}`;
    const found = lines(await this.git.output(list, { ...call, input }));
    const ids = found.reverse();
    const [lost = 0, count = ids.length] = await this.counts(call, query, input, ids.length);
    return { isForward: lost === 0, count, ids };
  }

  /** In the order of the ids. */
  async commits(
    path: string,
    rawIds: readonly string[],
    pending: Pending,
    { signal }: OperationOptions = {},
  ): Promise<ArrivedCommit[]> {
    if (rawIds.length === 0) return [];
    const input = rawIds.map((id) => `${id}\n`).join('');
    const args = ['log', '-z', '--no-walk=unsorted', '--encoding=UTF-8', '--no-mailmap', FORMAT, '--stdin'];
    const output = await this.git.output(args, { ...reading(path, pending), signal, input });
    const files = await this.touched(path, input, pending, signal);
    const records = output.split('\0').filter((record) => record !== '');
    return records.map((record) => {
      const [rawId = '', parents = '', author = '', date = '', ...message] = record.split('\n');
      return {
        ...(files.get(rawId) ?? NO_FILES),
        rawId,
        parents: parents.split(' ').filter((id) => id !== ''),
        author: recordedText(author),
        date: recordedTime(Number(date)),
        message: recordedText(message.join('\n')).trimEnd(),
        branch: null,
      };
    });
  }

  private async touched(path: string, input: string, pending: Pending, signal: AbortSignal | undefined) {
    return touchedFrom(await this.git.output(DIFF_TREE, { ...reading(path, pending), signal, input }));
  }

  /** Commits that the ref lost and gained; one process, and none for a new ref with few commits. */
  private async counts(call: GitCall, { change, limit }: GainQuery, input: string, found: number) {
    const { from, to } = change;
    if (from === null && found < limit) return [0, found];
    if (from === null)
      return [0, Number(await this.git.output(['rev-list', '--count', '--stdin'], { ...call, input }))];
    const args = ['rev-list', '--left-right', '--count', '--end-of-options', `${from}...${to}`];
    return (await this.git.output(args, call)).trim().split('\t').map(Number);
  }
}

/** What is not stored yet lies in a directory of its own, which lends from the stored. */
function reading(path: string, pending: Pending = null): GitCall {
  if (pending === null) return { gitDir: path };
  return { gitDir: path, objectDirectory: pending, alternates: [join(path, 'objects')] };
}

const lines = (output: string) => output.split('\n').filter((line) => line !== '');
