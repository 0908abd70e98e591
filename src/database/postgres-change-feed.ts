import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { ChangeFeed } from './change-feed.js';
import type { Tx } from './database.js';

const CHANNEL = 'forgegate_change';
const RECONNECT_MS = 500;

type Listener = (subject: string | null) => void;

/** NOTIFY payload: `<process>|<topic>|<subject>`; the process that made a change has already told its own listeners. */
@Injectable()
export class PostgresChangeFeed extends ChangeFeed implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('ChangeFeed');
  private readonly process = randomUUID();
  private readonly listeners = new Map<string, Listener[]>();
  private client: pg.Client | null = null;
  private reconnect: NodeJS.Timeout | null = null;
  private stopped = false;
  private live = false;

  constructor(@Inject(DataSource) private readonly source: DataSource) {
    super();
  }

  get isLive(): boolean {
    return this.live;
  }

  async publish(tx: Tx, topic: string, subject?: string | number): Promise<void> {
    const text = subject === undefined ? '' : String(subject);
    await tx.prepared('change_notify', 'SELECT pg_notify($1, $2)', [
      CHANNEL,
      `${this.process}|${topic}|${text}`,
    ]);
    tx.afterCommit(() => this.dispatch(topic, text || null));
  }

  on(topic: string, listener: Listener): void {
    const known = this.listeners.get(topic);
    if (known) known.push(listener);
    else this.listeners.set(topic, [listener]);
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.live = false;
    if (this.reconnect) clearTimeout(this.reconnect);
    const client = this.client;
    // Taken away first: the end that we want is no loss of which anybody must hear
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const { url } = this.source.options as { url?: string };
    const client = new pg.Client({
      connectionString: url,
      keepAlive: true,
      application_name: 'forgegate-changes',
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ payload = '' }) => this.receive(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      this.log.warn(`cannot listen for changes: ${(error as Error).message}`);
      this.scheduleReconnect();
      return;
    }
    this.client = client;
    this.live = true;
    // Whatever was said while nobody listened is unknown: everything cached may be old.
    for (const topic of this.listeners.keys()) this.dispatch(topic, null);
  }

  private lost(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.live = false;
    for (const topic of this.listeners.keys()) this.dispatch(topic, null);
    void client.end().catch(() => undefined);
    this.scheduleReconnect();
  }

  private scheduleReconnect(): void {
    if (this.stopped || this.reconnect) return;
    this.reconnect = setTimeout(() => {
      this.reconnect = null;
      void this.connect();
    }, RECONNECT_MS);
  }

  private receive(payload: string): void {
    const [process, topic, subject] = payload.split('|');
    if (process === this.process || !topic) return;
    this.dispatch(topic, subject || null);
  }

  private dispatch(topic: string, subject: string | null): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(subject);
  }
}
