import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { Access } from '../access/access.service.js';
import { CHALLENGE, HttpAuthenticator } from '../access/http-authenticator.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { LoggedEvent } from '../families/events/event-reader.js';
import { EventFeed } from '../families/events/event-feed.service.js';
import { ClientAddresses } from '../rpc/http/client-address.js';
import { RpcFault } from '../rpc/errors.js';
import type { Principal } from '../rpc/call.js';

/** The parts of Fastify's request and reply that are used here. */
interface Request {
  readonly raw: IncomingMessage;
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
}
interface Reply {
  readonly raw: ServerResponse;
  hijack(): void;
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): Reply;
}

const COMMENT_EVERY_MS = 15_000;

/** Events as they happen, as server-sent events: `id` is a cursor, `event` the type, `data` the body of deliveries. */
@Controller('_admin')
export class EventsController implements BeforeApplicationShutdown {
  private readonly open = new Set<AbortController>();
  private readonly addresses: ClientAddresses;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly authenticator: HttpAuthenticator,
    private readonly access: Access,
    private readonly feed: EventFeed,
  ) {
    this.addresses = new ClientAddresses(settings.trustedProxies);
  }

  /** `?event_types=a,b` and `?repoid=` choose, `Last-Event-ID` (or `?cursor=`) goes on where a client was. */
  @Get('events')
  async stream(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const identity = await this.identify(request);
    if (identity.kind === 'throttled') {
      reply.status(429).header('retry-after', String(identity.retryAfterS)).send('Too many failed logins\n');
      return;
    }
    if (identity.kind === 'unknown' || identity.anonymous) {
      reply.status(401).header('www-authenticate', CHALLENGE).send('Authentication required\n');
      return;
    }
    const stop = new AbortController();
    const events = await this.events(request, stop.signal).catch((error: unknown) => {
      if (error instanceof RpcFault) return error;
      throw error;
    });
    if (events instanceof RpcFault) {
      reply.status(events.reason === 'DENIED' ? 403 : 400).send(`${events.message}\n`);
      return;
    }
    reply.hijack();
    await this.send(reply.raw, events, stop);
  }

  beforeApplicationShutdown(): void {
    for (const stop of this.open) stop.abort();
  }

  private identify({ raw }: Request) {
    return this.authenticator.identify(raw.headers, this.addresses.of(raw));
  }

  /** Who listens, as far as he still may. @throws RpcFault DENIED when his key's scopes are in the way */
  private async listener(request: Request): Promise<Principal | null> {
    const identity = await this.identify(request);
    if (identity.kind !== 'known' || identity.anonymous) return null;
    this.access.requireMethodScope(identity.principal, 'get_events');
    return identity.principal;
  }

  private events(request: Request, signal: AbortSignal) {
    const { raw, query } = request;
    const one = (name: string) =>
      typeof query[name] === 'string' && query[name] !== '' ? query[name] : undefined;
    const lastId = raw.headers['last-event-id'];
    const cursor = typeof lastId === 'string' && lastId !== '' ? lastId : (one('cursor') ?? null);
    const args = { event_types: one('event_types')?.split(','), repoid: one('repoid') };
    return this.feed.listen(() => this.listener(request), args, cursor, signal);
  }

  private async send(
    response: ServerResponse,
    events: AsyncGenerator<LoggedEvent>,
    stop: AbortController,
  ): Promise<void> {
    this.open.add(stop);
    response.once('close', () => stop.abort());
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    const comments = setInterval(() => response.write(': still here\n\n'), COMMENT_EVERY_MS);
    try {
      for await (const event of events) {
        const text = `id: ${event.cursor}\nevent: ${event.type}\ndata: ${event.body}\n\n`;
        if (!response.write(text)) await drained(response);
      }
    } catch {
      // The client comes back with its Last-Event-ID
    } finally {
      clearInterval(comments);
      this.open.delete(stop);
      response.end();
    }
  }
}

const drained = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
