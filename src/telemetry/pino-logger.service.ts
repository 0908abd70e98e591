import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

const PLUGIN = 'plugin:';

/** Nest's own messages as pino lines. Its start-up chatter (`log`) is worth `debug` to us; a plugin means its `info`. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger[context?.startsWith(PLUGIN) ? 'info' : 'debug']({ context }, text(message));
  }
  error(message: unknown, stackOrContext?: string, context?: string): void {
    const fields = context === undefined ? { context: stackOrContext } : { context, stack: stackOrContext };
    this.logger.error(message instanceof Error ? { ...fields, err: message } : fields, text(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, text(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, text(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, text(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, text(message));
  }
}

const text = (message: unknown) =>
  message instanceof Error
    ? message.message
    : typeof message === 'string'
      ? message
      : JSON.stringify(message);
