import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFullId } from '../names.js';
import type { OperationOptions, Refs } from '../vcs.js';
import type { GitCommand } from './git-command.js';
import type { ObjectReaderPool } from './object-reader-pool.js';
import { RefCache } from './ref-cache.js';

const BRANCHES = 'refs/heads/';
const TAGS = 'refs/tags/';
const FORMAT = '%(HEAD)%00%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)';
/** Preferred when HEAD names a branch that does not exist, e.g. after `master` was pushed into a new repository. */
const USUAL_BRANCHES = ['main', 'master'];

export interface GitRefs extends Refs {
  /** The branch that HEAD names, or stands for it while that one does not exist; null when there is none. */
  headBranch: string | null;
  /** Ids of all that refs of any kind name, each once and sorted: they decide which commits are reachable. */
  heads: readonly string[];
}

interface RefLine {
  isHead: boolean;
  name: string;
  type: string;
  id: string;
  peeledType: string;
  peeledId: string;
}

/** Reads refs with one process, or none while they are what they were. Tags stand for the commit they finally name. */
export class GitRefReader {
  private readonly cache = new RefCache();

  constructor(
    private readonly git: GitCommand,
    private readonly objects: ObjectReaderPool,
  ) {}

  /** As they are, from git or from when they last were so; nobody may change what it gives. */
  read(path: string, options: OperationOptions = {}): Promise<GitRefs> {
    return this.cache.get(path, () => this.readNow(path, options));
  }

  forget(directory: string): void {
    this.cache.forget(directory);
  }

  private async readNow(path: string, options: OperationOptions): Promise<GitRefs> {
    const lines = await this.list(path, [], options);
    const heads = await headsOf(path, lines);
    const refs: GitRefs = { branches: {}, tags: {}, bookmarks: {}, headBranch: null, heads };
    const branches = lines.filter((line) => line.name.startsWith(BRANCHES) && line.type === 'commit');
    refs.branches = named(branches.map((line) => [line.name.slice(BRANCHES.length), line.id]));
    const tags = lines.filter((line) => line.name.startsWith(TAGS));
    const commits = await this.commitsOf(path, tags, options);
    refs.tags = named(
      tags.flatMap((line, index) => {
        const id = commits[index];
        return id == null ? [] : [[line.name.slice(TAGS.length), id]];
      }),
    );
    refs.headBranch =
      branches.find((line) => line.isHead)?.name.slice(BRANCHES.length) ?? standIn(refs.branches);
    return refs;
  }

  /** The commit of exactly this full ref name; null when there is none. */
  async find(path: string, fullName: string, options: OperationOptions = {}): Promise<string | null> {
    const lines = await this.list(path, [fullName], options);
    const exact = lines.filter((line) => line.name === fullName);
    return (await this.commitsOf(path, exact, options))[0] ?? null;
  }

  private async list(
    path: string,
    patterns: readonly string[],
    { signal }: OperationOptions,
  ): Promise<RefLine[]> {
    const args = ['for-each-ref', `--format=${FORMAT}`, '--end-of-options', ...patterns];
    const output = await this.git.output(args, { gitDir: path, signal });
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [head, name = '', type = '', id = '', peeledType = '', peeledId = ''] = line.split('\0');
        return { isHead: head === '*', name, type, id, peeledType, peeledId };
      });
  }

  /** git peels one level only; tags of tags need another look. */
  private async commitsOf(path: string, lines: readonly RefLine[], options: OperationOptions) {
    const nested = lines.filter((line) => line.peeledType === 'tag');
    const requests = nested.map(({ id }) => ({ command: 'info', object: `${id}^{commit}` }) as const);
    const answers = await this.objects.read(path, requests, options);
    const found = new Map(nested.map((line, index) => [line.name, answers[index]]));
    return lines.map((line) => {
      if (line.type === 'commit') return line.id;
      if (line.peeledType === 'commit') return line.peeledId;
      const answer = found.get(line.name);
      return answer?.found ? answer.id : null;
    });
  }
}

async function headsOf(path: string, lines: readonly RefLine[]): Promise<string[]> {
  const ids = new Set(lines.map((line) => line.peeledId || line.id));
  // A HEAD that names a commit and no branch reaches what no ref may reach.
  const head = (await readFile(join(path, 'HEAD'), 'latin1').catch(() => '')).trim();
  if (isFullId(head)) ids.add(head);
  return [...ids].sort();
}

export function branchRef(name: string): string {
  return `${BRANCHES}${name}`;
}

export function tagRef(name: string): string {
  return `${TAGS}${name}`;
}

/** Without a prototype, because `__proto__` is a good name for a branch. */
function named(entries: (readonly [string, string] | string[])[]): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, id] of entries) if (name !== undefined && id !== undefined) record[name] = id;
  return record;
}

function standIn(branches: Record<string, string>): string | null {
  return USUAL_BRANCHES.find((name) => name in branches) ?? Object.keys(branches)[0] ?? null;
}
