/**
 * How the gateway treats every repository, as RhodeCode names such settings: pull requests are merged with a commit of
 * their own and nothing is rebased or closed on the way, comments stay at the line they were made on. No repository has
 * settings of its own.
 */
const SETTINGS: Readonly<Record<string, boolean>> = {
  rhodecode_pr_merge_enabled: true,
  rhodecode_use_outdated_comments: false,
  rhodecode_hg_use_rebase_for_merging: false,
  rhodecode_hg_close_branch_before_merging: false,
  rhodecode_git_use_rebase_for_merging: false,
  rhodecode_git_close_branch_before_merging: false,
  extensions_largefiles: false,
  extensions_evolve: false,
  phases_publish: true,
};

/** All of them, or the one asked for: null when there is none of that name. */
export const repoSettings = (key: string | undefined) =>
  key === undefined ? SETTINGS : Object.hasOwn(SETTINGS, key) ? (SETTINGS[key] ?? null) : null;
