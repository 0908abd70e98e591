import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { cleanDiagnostics } from '../diagnostics.js';
import { makeDirectory } from '../new-directory.js';
import { credentialsOf, secretsOf, tooMuch, type Remote, type RemoteCheck } from '../remote.js';
import {
  VcsError,
  type LocalSource,
  type OperationOptions,
  type PullOptions,
  type RemoteSource,
} from '../vcs.js';
import { EgressProxy } from './egress-proxy.js';
import { succeeded, type HgCommand } from './hg-command.js';
import { limitedTo } from './hg-environment.js';
import type { HgResult } from './command-server.js';

interface Origin {
  /** What Mercurial is told to read. */
  location: string;
  config: readonly string[];
  remote: Remote | null;
}

/** Makes repositories and brings changesets into them. */
export class HgTransfer {
  constructor(
    private readonly hg: HgCommand,
    private readonly remotes: RemoteCheck,
  ) {}

  async create(path: string, options?: OperationOptions): Promise<void> {
    await makeDirectory(path, async (unfinished) => {
      succeeded(
        await this.hg.run(unfinished, [...inside(unfinished), 'init', '--', basename(unfinished)], options),
      );
    });
  }

  /** Mercurial hard-links a local source by itself, and copies a file before it writes to a shared one. */
  async clone(
    path: string,
    source: RemoteSource | LocalSource,
    options: OperationOptions = {},
  ): Promise<void> {
    await this.withOrigin(source, options, async (origin, timed) => {
      await makeDirectory(path, async (unfinished) => {
        const clone = ['clone', '--noupdate', '--', origin.location, basename(unfinished)];
        const args = [...origin.config, ...inside(unfinished), ...clone];
        this.transferred(await this.hg.runAlone(args, timed), origin);
        // It names the source; nothing here reads it, and what the source was is kept elsewhere.
        await rm(join(unfinished, '.hg', 'hgrc'), { force: true });
      });
    });
  }

  async pull(path: string, source: RemoteSource | LocalSource, options: PullOptions = {}): Promise<void> {
    const { receiving } = options;
    const server = receiving && {
      environment: receiving.environment,
      connect: (channel: Duplex) => receiving.connect(channel),
    };
    await this.withOrigin(source, options, async (origin, timed) => {
      const before = [...origin.config, ...(receiving?.hgArguments ?? [])];
      const args = [...before, '-R', path, 'pull', '--', origin.location];
      const pull = () => this.hg.runAlone(args, { ...timed, ...server });
      const first = await pull();
      this.transferred(isAbandoned(first) ? await this.recovered(path, pull, timed) : first, origin);
    });
  }

  /** Rolls back what a process that was killed had begun to write, as Mercurial asks for, and tries again. */
  private async recovered(
    path: string,
    pull: () => Promise<HgResult>,
    options?: OperationOptions,
  ): Promise<HgResult> {
    await this.hg.runAlone(['-R', path, 'recover'], options);
    return pull();
  }

  private async withOrigin<Options extends OperationOptions>(
    source: RemoteSource | LocalSource,
    options: Options,
    use: (origin: Origin, options: Options) => Promise<void>,
  ): Promise<void> {
    // As a URL, because Mercurial takes what follows a `#` in a path for a branch.
    if ('path' in source)
      return use({ location: pathToFileURL(source.path).href, config: [], remote: null }, options);
    await this.remotes.inTime(source, options, async (timed) => {
      const remote = await this.remotes.check(source, timed);
      const { egressProxy, largest } = this.remotes;
      const config = [...credentialsConfig(remote), ...limitedTo(largest)];
      const through = (proxy: URL) =>
        use({ location: remote.url, config: [...config, ...proxyConfig(proxy)], remote }, timed);
      if (egressProxy !== null) return through(egressProxy);
      const proxy = await EgressProxy.start(remote, largest);
      try {
        await through(new URL(`http://${proxy.address}`));
      } catch (error) {
        throw proxy.isExhausted ? tooMuch(largest, String(error)) : error;
      } finally {
        await proxy.close();
      }
    });
  }

  private transferred(result: HgResult, { remote }: Origin): void {
    if (result.code === 0) return;
    const detail = cleanDiagnostics(result.stderr, remote === null ? [] : secretsOf(remote));
    if (/repository is unrelated/i.test(detail)) {
      throw new VcsError('CONFLICT', 'the source has no history in common with this repository', detail);
    }
    if (remote === null) throw new VcsError('FAILED', 'the repository could not be copied', detail);
    if (/a transfer may have \d+ bytes at most/.test(detail)) throw tooMuch(this.remotes.largest, detail);
    throw new VcsError('REMOTE_UNREACHABLE', reason(detail), detail);
  }
}

/** Mercurial says so under its lock: whoever wrote is gone. */
const isAbandoned = ({ code, stderr }: HgResult) => code !== 0 && /abandoned transaction found/i.test(stderr);

/** Names below a directory are safe from Mercurial's reading of paths (`#branch`, `union:`). */
function inside(directory: string): string[] {
  return ['--cwd', dirname(directory)];
}

function credentialsConfig(remote: Remote): string[] {
  if (remote.credentials === null) return [];
  return config({
    'auth.source.prefix': `${new URL(remote.url).host}/`,
    'auth.source.schemes': 'http https',
    'auth.source.username': remote.credentials.username,
    'auth.source.password': remote.credentials.password,
  });
}

function proxyConfig(proxy: URL): string[] {
  if (proxy.protocol !== 'http:') {
    throw new VcsError(
      'FAILED',
      'Mercurial cannot use the egress proxy of this server: it must be an http:// one',
    );
  }
  const credentials = credentialsOf(proxy);
  const own = { 'http_proxy.host': `${proxy.hostname}:${proxy.port || 80}`, 'http_proxy.always': 'True' };
  if (credentials === null) return config(own);
  return config({
    ...own,
    'http_proxy.user': credentials.username,
    'http_proxy.passwd': credentials.password,
  });
}

function config(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--config', `${key}=${value}`]);
}

function reason(detail: string): string {
  if (/authorization failed|http authorization required|HTTP Error 40[13]/i.test(detail)) {
    return 'the source refuses these credentials or asks for some';
  }
  if (/certificate/i.test(detail)) return 'the certificate of the source is not trusted';
  if (/HTTP Error 404|does not appear to be an hg repository|repository .* not found/i.test(detail)) {
    return 'there is no Mercurial repository at the source';
  }
  return 'the source cannot be reached';
}
