import type { IncomingMessage } from 'node:http';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { All, Controller, Inject, Logger, Req, Res, type OnModuleInit } from '@nestjs/common';
import { lookup } from 'mime-types';
import { CHALLENGE, HttpAuthenticator } from '../../access/http-authenticator.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import type { HostedPage } from '../../plugin-host/contributions.js';
import { PluginHost } from '../../plugin-host/plugin-host.js';
import type { Principal } from '../../rpc/call.js';
import { ClientAddresses } from '../../rpc/http/client-address.js';
import type { PageAnswer, PageRequest } from '../../sdk/index.js';
import { PageTable } from './page-table.js';

const DEADLINE_MS = 30_000;
/** Not for plugins: what they do is decided by who the caller is, not by how he shows it. */
const HIDDEN = new Set(['authorization', 'authentication', 'cookie', 'proxy-authorization']);
const SAFE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'cache-control': 'private, no-cache',
};

/** The part of Fastify's request that is used here. */
interface Request {
  readonly raw: IncomingMessage;
  readonly body: unknown;
}
interface Reply {
  status(code: number): Reply;
  headers(values: Readonly<Record<string, string>>): Reply;
  send(body: unknown): Reply;
}

/** Pages and files of plugins, below `/_admin/plugins/<id>/`. */
@Controller('_admin/plugins')
export class PluginPagesController implements OnModuleInit {
  private readonly log = new Logger('PluginPages');
  private readonly table = new PageTable();
  private readonly addresses: ClientAddresses;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly host: PluginHost,
    private readonly http: HttpAuthenticator,
  ) {
    this.addresses = new ClientAddresses(settings.trustedProxies);
  }

  onModuleInit(): void {
    this.host.bind('pages', {
      add: (page) => this.table.add(page),
      remove: (page) => this.table.remove(page),
    });
  }

  @All('*')
  async serve(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { headers, url = '' } = request.raw;
    const address = new URL(url, 'http://gateway.invalid');
    const [, id = '', path = '/'] =
      /\/_admin\/plugins\/([^/]+)(\/.*)?$/.exec(decoded(address.pathname)) ?? [];
    const found = this.table.find(id, path);
    const identity = await this.http.identify(headers, this.addresses.of(request.raw));
    if (identity.kind === 'throttled')
      return void reply
        .status(429)
        .headers({ 'retry-after': String(identity.retryAfterS) })
        .send('');
    const principal = identity.kind === 'known' && !identity.anonymous ? identity.principal : null;
    const access = found?.page.options.access ?? 'authenticated';
    // Who did not sign in cannot tell a missing page from one that is not his.
    if (principal === null && (found === null || access !== 'public'))
      return void reply.status(401).headers({ 'www-authenticate': CHALLENGE }).send('');
    if (found === null || (access === 'admin' && !principal?.admin)) return void reply.status(404).send('');
    const { page, rest } = found;
    if (page.folder !== null) return this.sendFile(page, rest, reply);
    const query = Object.fromEntries(address.searchParams);
    await this.sendPage(page, { path, query, principal, request }, reply);
  }

  private async sendPage(
    page: HostedPage,
    asked: { path: string; query: Record<string, string>; principal: Principal | null; request: Request },
    reply: Reply,
  ): Promise<void> {
    const { path, query, principal, request } = asked;
    const { method = 'GET', headers } = request.raw;
    const { body } = request;
    const handed: PageRequest = {
      method,
      path,
      query,
      headers: Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          typeof value === 'string' && !HIDDEN.has(name) ? [[name, value]] : [],
        ),
      ),
      body: typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body),
      caller: principal && {
        user_id: principal.userId,
        username: principal.username,
        admin: principal.admin,
      },
      signal: AbortSignal.timeout(DEADLINE_MS),
    };
    let answer: PageAnswer;
    try {
      answer = await page.answer(handed);
    } catch (error) {
      this.log.warn(`plugin ${page.pluginId}: ${(error as Error).message}`);
      return void reply.status(502).headers(SAFE).send('The plugin does not answer.');
    }
    reply
      .status(answer.status ?? 200)
      .headers({ ...SAFE, 'content-type': 'text/html; charset=utf-8', ...answer.headers })
      .send(answer.body ?? '');
  }

  /** Of the plugin's folder, and nothing that leads out of it. */
  private async sendFile(page: HostedPage, rest: string, reply: Reply): Promise<void> {
    const base = this.host.plugin(page.pluginId)?.source.path;
    const folder = base && (await realpath(join(base, page.folder ?? '')).catch(() => null));
    const file =
      folder && (await realpath(join(folder, rest === '' ? 'index.html' : rest)).catch(() => null));
    const isInside = folder && file && (file === folder || file.startsWith(folder + sep));
    const found = isInside ? await stat(file).catch(() => null) : null;
    if (!file || !found?.isFile()) return void reply.status(404).send('');
    const type = lookup(file) || 'application/octet-stream';
    const charset = type.startsWith('text/') ? '; charset=utf-8' : '';
    reply
      .headers({ ...SAFE, 'content-type': type + charset, 'content-length': String(found.size) })
      .send(createReadStream(file));
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
