import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { OnApplicationShutdown } from '@nestjs/common';
import { aborted } from '../process.js';
import { RECEIVING_PROGRAM, type Receiving } from '../receiving.js';
import { Tool } from '../tool.js';
import { CommandServerPool } from './command-server-pool.js';
import { CommandServer } from './command-server.js';
import { HG_TOOL } from './hg-command.js';
import { HgConversation, type HgAnswer } from './hg-conversation.js';
import { limitedTo } from './hg-environment.js';

export interface HgRequest {
  /** Absolute directory of the repository. */
  readonly path: string;
  /** The `cmd` of the query. */
  readonly command: string;
  readonly scheme: string;
  /** As CGI has it; without credentials. */
  readonly environ: Readonly<Record<string, string>>;
}

const EXTENSION = `--config=extensions.forgegateserving=${fileURLToPath(new URL('./serving.py', import.meta.url))}`;
const IDLE_MS = 60_000;
const COMMANDS = 500;

interface PushServer {
  readonly server: CommandServer;
  readonly channel: Duplex;
}

/**
 * Serves Mercurial clients by Mercurial's own web application, in command servers, because starting Python for every
 * request would take longer than most of them. Reads share some servers; a push has one of its own, started beforehand.
 */
export class HgServer implements OnApplicationShutdown {
  private readonly tool: Tool;
  private readonly readers: CommandServerPool;
  private spare: { started: Promise<PushServer>; timer: NodeJS.Timeout } | null = null;
  private readonly pushing = new Set<CommandServer>();
  private closed = false;

  /**
   * @param servers that read at once
   * @param maxPushBytes of one bundle, after decompression
   * @param searchPath of the programs; the machine's unless given
   */
  constructor(
    servers: number,
    private readonly maxPushBytes: number,
    searchPath?: string,
  ) {
    this.tool = new Tool(HG_TOOL, searchPath);
    this.readers = new CommandServerPool(
      async () => new CommandServer(await this.tool.require(), this.tool.searchPath),
      { servers, commands: COMMANDS, idleMs: IDLE_MS },
    );
  }

  /**
   * @param signal ends the server that serves it
   * @returns the answer, whose body must be read or destroyed
   * @throws VcsError NOT_INSTALLED, ABORTED, FAILED
   */
  async read(request: HgRequest, body: Readable, signal: AbortSignal): Promise<HgAnswer> {
    return new Promise((resolve, reject) => {
      const converse = async (server: CommandServer) => {
        const args = [EXTENSION, ...serve(request, false)];
        const conversation = new HgConversation(server, args, body, signal);
        conversation.answer.then(resolve, reject);
        await conversation.ended;
      };
      this.readers.use([request.path], converse, { signal }).catch(reject);
    });
  }

  /** As {@link read}, for what may change the repository. */
  async push(
    request: HgRequest,
    body: Readable,
    signal: AbortSignal,
    receiving: Receiving,
  ): Promise<HgAnswer> {
    const { server, channel } = await this.takeSpare();
    this.pushing.add(server);
    if (signal.aborted) {
      void this.retire(server);
      throw aborted();
    }
    receiving.connect(channel);
    const args = [
      EXTENSION,
      ...limitedTo(this.maxPushBytes),
      ...receiving.hgArguments,
      '--config=ui.timeout=600',
      ...serve(request, true),
    ];
    const conversation = new HgConversation(server, args, body, signal);
    void conversation.ended.then(() => this.retire(server));
    return conversation.answer;
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.dropSpare();
    await Promise.all([this.readers.close(), ...[...this.pushing].map((server) => server.end())]);
  }

  /** The next push shall find one that is ready. */
  private async takeSpare(): Promise<PushServer> {
    const taken = this.spare;
    if (taken) clearTimeout(taken.timer);
    this.spare = null;
    const found = await (taken?.started ?? this.startPushServer());
    this.prepareSpare();
    if (!found.server.broken) return found;
    return this.startPushServer();
  }

  private prepareSpare(): void {
    if (this.spare || this.closed) return;
    const started = this.startPushServer();
    started.catch(() => undefined);
    this.spare = { started, timer: setTimeout(() => this.dropSpare(), IDLE_MS).unref() };
  }

  private dropSpare(): void {
    if (!this.spare) return;
    clearTimeout(this.spare.timer);
    this.spare.started.then(
      ({ server }) => this.retire(server),
      () => undefined,
    );
    this.spare = null;
  }

  private async startPushServer(): Promise<PushServer> {
    const program = await this.tool.require();
    let channel!: Duplex;
    const server = new CommandServer(program, this.tool.searchPath, {
      environment: RECEIVING_PROGRAM.environment,
      connect: (end) => (channel = end),
    });
    // Its other end may go at any time
    channel.on('error', () => undefined);
    return { server, channel };
  }

  private async retire(server: CommandServer): Promise<void> {
    this.pushing.add(server);
    await server.end();
    this.pushing.delete(server);
  }
}

function serve({ path, command, scheme, environ }: HgRequest, push: boolean): string[] {
  return ['-R', path, 'forgegate-serve', '--', JSON.stringify({ command, scheme, environ, push })];
}
