import { definePlugin, globMatcher, type PullRequestCreated } from 'forgegate/sdk';

export interface Rule {
  repositories: string[];
  paths: string[];
  reviewers: string[];
}
export interface Settings {
  rules: Rule[];
}

interface Diff {
  files: { f_path: string; old_f_path: string | null }[];
}

export default definePlugin<Settings>({
  setup(ctx) {
    ctx.on(['pull_request.created', 'pull_request.updated'], async ({ data }) => {
      const { repository, pull_request } = data as unknown as PullRequestCreated;
      const rules = ctx.config.rules.filter(({ repositories }) =>
        globMatcher(repositories)(repository.repo_name),
      );
      if (rules.length === 0) return;
      const pullrequestid = pull_request.pull_request_id;
      const { files } = await ctx.call<Diff>('get_pull_request_diff', { pullrequestid, context: 0 });
      const paths = files.flatMap(({ f_path, old_f_path }) =>
        old_f_path === null ? [f_path] : [f_path, old_f_path],
      );
      const wanted = rules
        .filter((rule) => paths.some(globMatcher(rule.paths)))
        .flatMap(({ reviewers }) => reviewers);
      const present = new Set([
        pull_request.owner,
        ...pull_request.reviewers.map(({ username }) => username),
      ]);
      const add = [...new Set(wanted)].filter((username) => !present.has(username));
      if (add.length > 0) await ctx.call('edit_reviewers', { pull_request_id: pullrequestid, add });
    });
  },
});
