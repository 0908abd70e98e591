import { once } from 'node:events';
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
/** Each looks for itself once a second. */
const MOST_OF_ONE_USER = 20;

/** Events as they happen, as server-sent events: `id` is a cursor, `event` the type, `data` the body of deliveries. */
@Controller('_admin')
export class EventsController implements BeforeApplicationShutdown {
  /** With the user who listens. */
  private readonly open = new Map<AbortController, number | null>();
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
    const { userId } = identity.principal;
    if ([...this.open.values()].filter((id) => id === userId).length >= MOST_OF_ONE_USER) {
      const why = `You listen ${MOST_OF_ONE_USER} times already; end one of these streams first`;
      reply.status(429).header('retry-after', '10').send(`${why}\n`);
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
    this.open.set(stop, userId);
    await this.send(reply.raw, events, stop);
  }

  beforeApplicationShutdown(): void {
    for (const stop of this.open.keys()) stop.abort();
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
    response.once('close', () => stop.abort());
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // The end of the stream is that of the connection: one that stays would hold up the end of the gateway
      connection: 'close',
    });
    response.write('retry: 2000\n\n');
    const comments = setInterval(() => response.write(': still here\n\n'), COMMENT_EVERY_MS);
    try {
      for await (const event of events) {
        const text = `id: ${event.cursor}\nevent: ${event.type}\ndata: ${event.body}\n\n`;
        if (!response.write(text)) await once(response, 'drain', { signal: stop.signal });
      }
    } catch {
      // It was left, or the gateway stops; the client comes back with its Last-Event-ID
    } finally {
      clearInterval(comments);
      this.open.delete(stop);
      // Who does not read what he was sent would not read the end of it either
      if (response.writableNeedDrain) response.destroy();
      else response.end();
    }
  }
}
