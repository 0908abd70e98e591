import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Readiness } from './readiness.js';

/** The part of Fastify's reply that is used here. */
interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): Reply;
}

@Controller('_admin')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly registry: Registry,
  ) {}

  /** The process runs and its event loop turns. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  live() {
    return { status: 'ok' };
  }

  /** 503 with the reasons while this process should get no traffic. */
  @Get('readyz')
  async ready(@Res() reply: Reply) {
    const reasons = await this.readiness.faults();
    reply
      .status(reasons.length === 0 ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
      .header('cache-control', 'no-store')
      .send(reasons.length === 0 ? { status: 'ok' } : { status: 'unavailable', reasons });
  }

  /** Prometheus text format. */
  @Get('metrics')
  async metrics(@Res() reply: Reply) {
    reply.header('content-type', this.registry.contentType).send(await this.registry.metrics());
  }
}
