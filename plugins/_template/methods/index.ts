import { definePlugin } from 'forgegate/sdk';

interface Repository {
  repo_id: number;
  repo_name: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.method<{ repoid: string | number }>(
      'template_methods_count',
      {
        summary: 'Count one more question about a repository',
        requires: { repo: 'read' },
        args: {
          type: 'object',
          required: ['repoid'],
          properties: { repoid: { type: ['string', 'integer'], description: 'name or id' } },
        },
        result: {
          type: 'object',
          required: ['repo_name', 'count'],
          properties: { repo_name: { type: 'string' }, count: { type: 'integer' } },
        },
      },
      async ({ repoid }) => {
        const { repo_id, repo_name } = await ctx.call<Repository>('get_repo', { repoid });
        const key = `count/${repo_id}`;
        const count = Number((await ctx.store.get(key)) ?? 0) + 1;
        await ctx.store.set(key, count);
        return { repo_name, count };
      },
    );
  },
});
