import { definePlugin, type Json, type PluginStore } from 'forgegate/sdk';
import { countEvent, forgetBefore, type Days } from './days.js';

export interface Settings {
  keep_days: number;
}

interface Repository {
  repo_id: number;
  repo_name: string;
}

const DAY_MS = 86_400_000;
const KNOWN = 'repositories';
const keyOf = (repoId: number) => `days/${repoId}`;

export default definePlugin<Settings>({
  setup(ctx) {
    const { store, config } = ctx;

    ctx.on(
      ['repo.pushed', 'pull_request.created', 'pull_request.merged', 'pull_request.commented'],
      async (event) => {
        const { repository, event_id } = event.data as unknown as {
          repository: Repository;
          event_id: number;
        };
        await changeDays(store, repository.repo_id, (days) =>
          countEvent(days, event.type, event.timestamp, event_id),
        );
        await store.update(KNOWN, (ids = []) => [...new Set([...(ids as number[]), repository.repo_id])]);
      },
    );

    ctx.method<{ repoid: string | number; days: number }>(
      'get_repo_stats',
      {
        summary: 'Show how often was pushed, commented and merged, day by day',
        requires: { repo: 'read' },
        args: {
          type: 'object',
          required: ['repoid'],
          properties: {
            repoid: { type: ['integer', 'string'], description: 'name or id' },
            days: { type: 'integer', minimum: 1, maximum: 366, default: 30, description: 'the newest ones' },
          },
        },
        result: {
          type: 'object',
          required: ['repo_name', 'days'],
          properties: {
            repo_name: { type: 'string' },
            days: {
              type: 'array',
              items: {
                type: 'object',
                required: ['day', 'counts'],
                properties: {
                  day: { type: 'string', description: 'UTC' },
                  counts: { type: 'object', additionalProperties: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
      async ({ repoid, days }) => {
        const { repo_id, repo_name } = await ctx.call<Repository>('get_repo', { repoid });
        const { counts } = daysIn(await store.get(keyOf(repo_id)));
        const newest = Object.keys(counts).sort().slice(-days);
        return { repo_name, days: newest.map((day) => ({ day, counts: counts[day] ?? {} })) };
      },
    );

    ctx.schedule('forget', { everyMs: DAY_MS }, async (signal) => {
      const oldest = new Date(ctx.now().getTime() - config.keep_days * DAY_MS).toISOString().slice(0, 10);
      for (const repoId of ((await store.get(KNOWN)) as number[] | undefined) ?? []) {
        if (signal.aborted) return;
        await changeDays(store, repoId, (days) => forgetBefore(days, oldest));
      }
    });
  },
});

const daysIn = (value: Json | undefined): Days => (value as Days | undefined) ?? { counts: {}, seen: [] };

/** @param change whether it changed something */
async function changeDays(
  store: PluginStore,
  repoId: number,
  change: (days: Days) => unknown,
): Promise<void> {
  await store.update(keyOf(repoId), (value) => {
    const days = structuredClone(daysIn(value));
    change(days);
    return days;
  });
}
