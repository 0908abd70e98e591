import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { makeDirectory } from '../new-directory.js';
import type { Remote, RemoteCheck } from '../remote.js';
import {
  VcsError,
  type LocalSource,
  type OperationOptions,
  type PullOptions,
  type RemoteSource,
} from '../vcs.js';
import type { GitCall, GitCommand } from './git-command.js';
import { branchRef, type GitRefReader } from './git-refs.js';
import { progressReader, transferConfig, transferFailure } from './git-remote.js';
import { inPullQuarantine } from './pull-quarantine.js';

/** No template: a new repository has no sample hooks and no hooks of the machine's administrator. */
const INIT = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '--end-of-options'];

interface Origin {
  /** What git is told to read. */
  location: string;
  remote: Remote | null;
  access: Pick<GitCall, 'protocols' | 'config' | 'largestFile'>;
}

/** Makes repositories and brings commits into them. */
export class GitTransfer {
  constructor(
    private readonly git: GitCommand,
    private readonly refs: GitRefReader,
    private readonly remotes: RemoteCheck,
  ) {}

  async create(path: string, { signal }: OperationOptions = {}): Promise<void> {
    await makeDirectory(path, async (unfinished) => {
      await this.git.output([...INIT, unfinished], { signal });
    });
  }

  /**
   * A local source is hard-linked: object files never change, so a fork of a large repository costs neither time nor
   * room, and whatever either side writes or deletes later does not touch the other.
   */
  async clone(
    path: string,
    source: RemoteSource | LocalSource,
    options: OperationOptions = {},
  ): Promise<void> {
    await this.remotes.inTime(source, options, (timed) => this.cloneNow(path, source, timed));
  }

  private async cloneNow(
    path: string,
    source: RemoteSource | LocalSource,
    options: OperationOptions,
  ): Promise<void> {
    const { signal, onProgress } = options;
    const origin = await this.origin(source, options);
    await makeDirectory(path, async (unfinished) => {
      const args = ['clone', verbosity(options), '--bare', '--template=', '--reject-shallow'];
      // Borrowed objects would tie the copy to a third repository.
      if (origin.remote === null && (await borrows(origin.location))) args.push('--no-local');
      const call = { ...origin.access, signal, takesLine: onProgress && progressReader(onProgress) };
      await this.git.output([...args, '--end-of-options', origin.location, unfinished], call, (stderr) =>
        this.failure(stderr, origin),
      );
      const call2 = { gitDir: unfinished, signal };
      await this.git.output(
        ['config', '--file', join(unfinished, 'config'), '--remove-section', 'remote.origin'],
        call2,
      );
      const format = await this.git.output(['rev-parse', '--show-object-format'], call2);
      if (format.trim() !== 'sha1')
        throw new VcsError('INVALID_SOURCE', 'SHA-256 repositories are not supported');
      await this.mendHead(unfinished, null, options);
    });
  }

  /**
   * The transfer runs in an empty repository of our own that borrows the object store of `path`, so that nothing in
   * the configuration of an adopted repository (address rewriting, helpers, proxies) has a say. The refs then change
   * in one transaction: all or none.
   */
  async pull(path: string, source: RemoteSource | LocalSource, options: PullOptions = {}): Promise<void> {
    await this.remotes.inTime(source, options, (timed) => this.pullNow(path, source, timed));
  }

  private async pullNow(
    path: string,
    source: RemoteSource | LocalSource,
    options: PullOptions,
  ): Promise<void> {
    const origin = await this.origin(source, options);
    const before = await this.refs.read(path, options);
    const { fetched, head } = await inPullQuarantine(path, async (scratch) => {
      await this.git.output([...INIT, scratch], { signal: options.signal });
      const call = { gitDir: scratch, alternates: [join(path, 'objects')], signal: options.signal };
      await this.announce(path, call);
      const fetched = await this.fetch(origin, call, options);
      return { fetched, head: before.headBranch === null ? await this.headOf(origin, call) : null };
    });
    await this.write(path, fetched, new Set(Object.keys(before.tags)), options);
    if (before.headBranch === null) await this.mendHead(path, head, options);
  }

  private async fetch(origin: Origin, call: GitCall, options: PullOptions) {
    const { onProgress } = options;
    const fetch = [
      'fetch',
      verbosity(options),
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--end-of-options',
    ];
    await this.git.output(
      [...fetch, origin.location, '+refs/heads/*:refs/heads/*'],
      { ...call, ...origin.access, takesLine: onProgress && progressReader(onProgress) },
      (stderr) => this.failure(stderr, origin),
    );
    const fetched = await this.fetchedRefs(call);
    if (fetched.length === 0) throw new VcsError('EMPTY_REPOSITORY', 'the source has no branches');
    return fetched;
  }

  private async origin(source: RemoteSource | LocalSource, options: OperationOptions): Promise<Origin> {
    if ('path' in source) return { location: source.path, remote: null, access: { protocols: 'file' } };
    const remote = await this.remotes.check(source, options);
    const config = transferConfig(remote, this.remotes.egressProxy);
    const access = { protocols: 'http:https', config, largestFile: this.remotes.largest } as const;
    return { location: remote.url, remote, access };
  }

  private failure(stderr: string, { remote }: Origin): VcsError {
    return transferFailure(stderr, remote, this.remotes.largest);
  }

  /** Tells the scratch repository what is there already, under names that no source can have. */
  private async announce(path: string, call: GitCall): Promise<void> {
    const output = await this.git.output(['for-each-ref', '--format=%(objectname)'], {
      gitDir: path,
      signal: call.signal,
    });
    const ids = new Set(output.split('\n').filter((line) => line !== ''));
    const input = [...ids].map((id) => `create refs/have/${id} ${id}\n`).join('');
    await this.git.output(['update-ref', '--stdin'], { ...call, input });
  }

  private async fetchedRefs(call: GitCall): Promise<{ name: string; id: string }[]> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads/', 'refs/tags/'];
    const output = await this.git.output(args, call);
    const lines = output.split('\n').filter((line) => line !== '');
    return lines.map((line) => ({
      id: line.slice(0, line.indexOf(' ')),
      name: line.slice(line.indexOf(' ') + 1),
    }));
  }

  /** Branches are forced; a tag that is there already stays what it is. */
  private async write(
    path: string,
    fetched: readonly { name: string; id: string }[],
    tags: ReadonlySet<string>,
    { signal, receiving }: PullOptions,
  ): Promise<void> {
    const wanted = fetched.filter(({ name }) => !(name.startsWith('refs/tags/') && tags.has(name.slice(10))));
    const input = wanted.map(({ name, id }) => `update ${name} ${id}\n`).join('');
    const call = {
      gitDir: path,
      input,
      signal,
      ...(receiving && {
        config: receiving.gitConfig,
        connect: (channel: Duplex) => receiving.connect(channel),
      }),
    };
    await this.git.output(['update-ref', '--stdin'], call, (stderr) =>
      /cannot (?:lock|create)|exists/i.test(stderr)
        ? new VcsError(
            'CONFLICT',
            'a branch of the source and one that is here cannot be beside each other',
            cleanDiagnostics(stderr),
          )
        : null,
    );
  }

  /** The branch that the source calls its HEAD. */
  private async headOf(origin: Origin, call: GitCall): Promise<string | null> {
    const args = ['ls-remote', '--quiet', '--symref', '--end-of-options', origin.location, 'HEAD'];
    const { stdout } = await this.git.run(args, { ...call, ...origin.access });
    return /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(stdout.toString('utf8'))?.[1] ?? null;
  }

  /** HEAD must name a branch that exists, or clients check out nothing. */
  async mendHead(path: string, preferred: string | null, options: OperationOptions): Promise<void> {
    const { branches, headBranch } = await this.refs.read(path, options);
    const branch = preferred !== null && preferred in branches ? preferred : headBranch;
    if (branch === null) return;
    const call = { gitDir: path, signal: options.signal };
    const { stdout } = await this.git.run(['symbolic-ref', '--quiet', 'HEAD'], call);
    if (stdout.toString('utf8').trim() === branchRef(branch)) return;
    await this.git.output(['symbolic-ref', '--end-of-options', 'HEAD', branchRef(branch)], call);
  }
}

/** git tells its own progress only when it is not told to be quiet. */
const verbosity = ({ onProgress }: OperationOptions) => (onProgress ? '--progress' : '--quiet');

function borrows(path: string): Promise<boolean> {
  return access(join(path, 'objects', 'info', 'alternates')).then(
    () => true,
    () => false,
  );
}
