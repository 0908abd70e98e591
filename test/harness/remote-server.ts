import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { RepoType } from '../../src/vcs/vcs.js';

export interface RemoteServerOptions {
  /** `user:password` that every request must carry. */
  credentials?: string;
  /** Everything is answered with a redirect to this origin. */
  redirectTo?: string;
  /** Requests are taken and never answered. */
  isSilent?: boolean;
  /** The second half of each answer with history in it never comes. */
  isHalf?: boolean;
  /** Requests are taken at once, and served when this has resolved. */
  until?: Promise<void>;
}

/** Serves a directory of repositories over HTTP, as other hosts do, and keeps what it was asked. */
export class RemoteServer {
  /** `METHOD path`, of requests that passed the credentials check. */
  readonly requests: string[] = [];
  /** Requests that did not. */
  refused = 0;
  /** Answers of which half is sent. */
  halves = 0;
  private hg: { child: ChildProcess; port: number } | null = null;
  private readonly server = createServer((incoming, outgoing) => this.answer(incoming, outgoing));

  private constructor(
    private readonly type: RepoType,
    private readonly root: string,
    readonly options: RemoteServerOptions,
  ) {}

  /** @param root git: directory of bare repositories; hg: one repository */
  static async start(type: RepoType, root: string, options: RemoteServerOptions = {}): Promise<RemoteServer> {
    const remote = new RemoteServer(type, root, options);
    if (type === 'hg') remote.hg = await serveHg(root);
    remote.server.listen(0, '127.0.0.1');
    await once(remote.server, 'listening');
    return remote;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, credentials = ''): string {
    return `http://${credentials}127.0.0.1:${this.port}/${path}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    this.hg?.child.kill('SIGKILL');
    await once(this.server, 'close');
  }

  private answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { credentials, isSilent = false } = this.options;
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (expected && incoming.headers.authorization !== expected) {
      this.refused += 1;
      outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      return;
    }
    this.requests.push(`${incoming.method} ${incoming.url}`);
    if (isSilent) return;
    if (this.options.until) void this.options.until.then(() => this.serve(incoming, outgoing));
    else this.serve(incoming, outgoing);
  }

  private serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { redirectTo } = this.options;
    if (redirectTo !== undefined) outgoing.writeHead(302, { location: redirectTo + incoming.url }).end();
    else if (this.hg !== null)
      forward(this.hg.port, incoming, outgoing, (body) =>
        this.send(outgoing, body, incoming.url?.includes('cmd=getbundle') === true),
      );
    else this.gitBackend(incoming, outgoing);
  }

  /** CGI: the environment carries the request, standard output a head and the body. */
  private gitBackend(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://localhost');
    const env = {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: this.root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: incoming.method ?? '',
      CONTENT_TYPE: incoming.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: incoming.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(incoming.headers['git-protocol'] ?? ''),
    };
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => undefined);
    incoming.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      const headers = output
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line): [string, string] => [
          line.slice(0, line.indexOf(':')),
          line.slice(line.indexOf(':') + 1).trim(),
        ]);
      const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
      const plain = headers.filter(([name]) => name !== 'Status');
      outgoing.writeHead(Number.parseInt(status, 10), Object.fromEntries(plain));
      this.send(outgoing, output.subarray(end + 4), output.includes('PACK'));
    });
  }

  private send(outgoing: ServerResponse, body: Buffer, isHistory: boolean): void {
    if (this.options.isHalf !== true || !isHistory) return void outgoing.end(body);
    outgoing.write(body.subarray(0, body.length / 2), () => (this.halves += 1));
  }
}

async function serveHg(repo: string): Promise<{ child: ChildProcess; port: number }> {
  const env = { PATH: process.env['PATH'] ?? '', HGRCPATH: '', HGPLAIN: '1' };
  const args = ['serve', '-R', repo, '-a', '127.0.0.1', '-p', '0', '--print-url'];
  const child = spawn('hg', args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, port: Number(new URL(line).port) };
}

function forward(
  port: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  send: (body: Buffer) => void,
): void {
  const { method, url: path, headers } = incoming;
  // A connection of its own: hg closes idle ones, and one that is closed while it is taken again would be an error
  const target = { host: '127.0.0.1', port, method, path, headers, agent: false };
  const upstream = request(target, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => send(Buffer.concat(chunks)));
  });
  upstream.on('error', () => outgoing.destroy());
  incoming.pipe(upstream);
}
