import { definePlugin } from 'forgegate/sdk';

interface Settings {
  greeting: string;
}

/** The part of `pull_request.created` that is used here. */
interface Opened {
  actor: { username: string };
  pull_request: { pull_request_id: number };
}

export default definePlugin<Settings>({
  setup(ctx) {
    ctx.on('pull_request.created', async (event) => {
      const { actor, pull_request } = event.data as unknown as Opened;
      const key = `greeted/${actor.username}`;
      // An event may come twice: what was done is remembered, and the comment comes before that is.
      if (await ctx.store.get(key)) return;
      await ctx.call('comment_pull_request', {
        pullrequestid: pull_request.pull_request_id,
        message: ctx.config.greeting,
      });
      await ctx.store.set(key, true);
    });
  },
});
