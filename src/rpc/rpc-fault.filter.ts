import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { FaultReason } from './errors.js';
import { toFault } from './fault-of.js';

const HTTP_STATUS: Partial<Record<FaultReason, number>> = {
  KEY_INVALID: 401,
  DENIED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  REFUSED: 422,
  RATE_LIMITED: 429,
  DEADLINE: 503,
  UNAVAILABLE: 503,
  INVALID_PARAMS: 400,
  INTERNAL: 500,
};

/**
 * The one exception filter. An RPC error goes on as it is: the dispatcher knows the dialect that must word it.
 * A plain HTTP route answers with a status and one sentence, never with a stack.
 */
@Catch()
export class RpcFaultFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(private readonly adapters: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') return throwError(() => error);
    const { status, message } = this.describe(error);
    const response: unknown = host.switchToHttp().getResponse();
    const { httpAdapter } = this.adapters;
    if (!httpAdapter.isHeadersSent(response)) httpAdapter.reply(response, { error: message }, status);
  }

  private describe(error: unknown): { status: number; message: string } {
    if (error instanceof HttpException) return { status: error.getStatus(), message: error.message };
    const fault = toFault(error);
    const status = HTTP_STATUS[fault.reason] ?? 400;
    if (status >= 500)
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { status, message: fault.message };
  }
}
