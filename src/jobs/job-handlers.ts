import { Injectable } from '@nestjs/common';
import type { JobHandler } from './job.js';

/** Families register here how their jobs are done. */
@Injectable()
export class JobHandlers {
  private readonly handlers = new Map<string, JobHandler>();

  get kinds(): Iterable<string> {
    return this.handlers.keys();
  }

  register(kind: string, handler: JobHandler): void {
    if (this.handlers.has(kind)) throw new Error(`jobs of kind ${kind} have two handlers`);
    this.handlers.set(kind, handler);
  }

  require(kind: string): JobHandler {
    const handler = this.handlers.get(kind);
    if (!handler) throw new Error(`nobody knows how to do a job of kind ${kind}`);
    return handler;
  }
}
