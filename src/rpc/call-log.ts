import { Inject, Injectable, Optional } from '@nestjs/common';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import type { RpcFault } from './errors.js';
import type { LiveCall } from './live-call.js';

/** Injection token of the pino logger for calls; without one, lines go to standard output at `settings.logLevel`. */
export const RPC_LOGGER = Symbol('RPC_LOGGER');

/**
 * One line a call: who, what, how long, what became of it. Never arguments, keys or results. Debug as a rule, info
 * when slow, warn when something of ours failed.
 */
@Injectable()
export class CallLog {
  private readonly logger: Logger;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Optional() @Inject(RPC_LOGGER) logger: Logger | null = null,
  ) {
    this.logger = logger ?? pino({ level: settings.logLevel });
  }

  /** @param fault null when the call succeeded @param milliseconds from the read request to the answer */
  write(call: LiveCall, outcome: string, fault: RpcFault | null, milliseconds: number): void {
    const cause = fault?.cause;
    const level =
      cause || fault?.reason === 'INTERNAL'
        ? 'warn'
        : milliseconds >= this.settings.slowCallMs
          ? 'info'
          : 'debug';
    if (level === 'debug' && !this.logger.isLevelEnabled('debug')) return;
    const { principal } = call;
    this.logger[level](
      {
        request_id: call.requestId,
        method: call.method.slice(0, 64),
        protocol: call.protocol,
        dialect: call.dialect,
        user: principal.username,
        api_key_id: principal.apiKeyId,
        ip: call.ip,
        outcome,
        ms: Math.round(milliseconds * 100) / 100,
        ...(cause ? { err: cause } : {}),
      },
      'rpc call',
    );
  }
}
