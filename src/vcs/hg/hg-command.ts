import type { Readable } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { openOutput } from '../process-stream.js';
import type { Tool } from '../tool.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import { CommandServerPool } from './command-server-pool.js';
import { CommandServer, type HgResult, type ServerOptions } from './command-server.js';
import { CONFIGURATION, hgEnvironment } from './hg-environment.js';

export const HG_TOOL = {
  program: 'hg',
  title: 'Mercurial',
  minimum: [6, 1],
  missing: 'Mercurial is not installed on the server; pass repo_type:git or install it',
} as const;

/** Gives commands to Mercurial. The values of users must stand behind `-r` as {@link symbol}, or behind `--`. */
export class HgCommand {
  private readonly pool = new CommandServerPool(() => this.startServer());

  constructor(readonly tool: Tool) {}

  /** Parsed `-T json` of a command on one repository (or on a `union:`, then `directories` says what it reads). */
  async json(
    repository: string,
    args: readonly string[],
    options?: OperationOptions,
    directories: readonly string[] = [repository],
  ): Promise<unknown> {
    return JSON.parse(await this.jsonText(repository, args, options, directories));
  }

  /** The same before it is parsed. */
  async jsonText(
    repository: string,
    args: readonly string[],
    options?: OperationOptions,
    directories: readonly string[] = [repository],
  ): Promise<string> {
    const [command = '', ...rest] = args;
    const all = ['-R', repository, command, '-T', 'json', ...rest];
    return succeeded(await this.pool.run(directories, all, options)).stdout;
  }

  async run(directory: string, args: readonly string[], options?: OperationOptions): Promise<HgResult> {
    return this.pool.run([directory], args, options);
  }

  /** Standard output as it is, byte by byte. */
  async bytes(directory: string, args: readonly string[], options?: OperationOptions): Promise<Buffer> {
    const chunks: Buffer[] = [];
    succeeded(await this.pool.run([directory], args, options, (data) => void chunks.push(data)));
    return Buffer.concat(chunks);
  }

  /** As a stream, from a process of its own: who reads slowly must keep no server from others. */
  async open(args: readonly string[], { signal }: OperationOptions = {}): Promise<Readable> {
    return openOutput(await this.tool.require(), [...CONFIGURATION, ...args], {
      env: hgEnvironment(this.tool.searchPath),
      signal,
      explain: failed,
    });
  }

  /** On a server of its own, for what takes long or carries secrets. */
  runAlone(args: readonly string[], options: OperationOptions & ServerOptions = {}): Promise<HgResult> {
    return this.session((run) => run(args), options);
  }

  /** Several commands on one server of their own, which may then load extensions. */
  async session<T>(
    use: (run: (args: readonly string[]) => Promise<HgResult>) => Promise<T>,
    { signal, ...options }: OperationOptions & ServerOptions = {},
  ): Promise<T> {
    const server = await this.startServer(options);
    try {
      return await use((args) => server.run(args, signal));
    } finally {
      await server.end();
    }
  }

  release(directory: string): Promise<void> {
    return this.pool.release(directory);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async startServer(options?: ServerOptions): Promise<CommandServer> {
    return new CommandServer(await this.tool.require(), this.tool.searchPath, options);
  }
}

/** @throws VcsError for a failing exit code */
export function succeeded(result: HgResult): HgResult {
  if (result.code === 0) return result;
  throw failed(result.stderr);
}

function failed(stderr: string): VcsError {
  const detail = cleanDiagnostics(stderr);
  if (
    /abort: (?:00changelog\.i@)?(?:unknown revision|ambiguous identifier|hidden revision|filtered revision|no node)/i.test(
      detail,
    )
  ) {
    return new VcsError('REVISION_NOT_FOUND', 'this revision does not exist', detail);
  }
  if (/^abort: repository .* not found/im.test(detail)) {
    return new VcsError('REPOSITORY_MISSING', 'the Mercurial repository cannot be opened', detail);
  }
  return new VcsError('FAILED', 'Mercurial could not do this', detail);
}
