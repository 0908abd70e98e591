import { apiKeysStory } from './api-keys.story.js';
import { changesetsStory } from './changesets.story.js';
import { commentsStory } from './comments.story.js';
import { eventsStory } from './events.story.js';
import { gistsStory } from './gists.story.js';
import { jobsStory } from './jobs.story.js';
import { permissionsStory } from './permissions.story.js';
import { pluginsStory } from './plugins.story.js';
import { pullRequestsStory } from './pull-requests.story.js';
import { repoGroupsStory } from './repo-groups.story.js';
import { reposStory } from './repos.story.js';
import { serverStory } from './server.story.js';
import type { Story } from './stage.js';
import { userGroupsStory } from './user-groups.story.js';
import { usersStory } from './users.story.js';
import { webhooksStory } from './webhooks.story.js';

/**
 * One for each method family, on a gateway of its own. A new method needs one `shows`, and one `refuses` where it can
 * refuse; then `npm run generate:examples` and `npm run generate`.
 */
export const STORIES: Readonly<Record<string, Story>> = {
  'api-keys': apiKeysStory,
  changesets: changesetsStory,
  comments: commentsStory,
  events: eventsStory,
  gists: gistsStory,
  jobs: jobsStory,
  permissions: permissionsStory,
  plugins: pluginsStory,
  'pull-requests': pullRequestsStory,
  'repo-groups': repoGroupsStory,
  repos: reposStory,
  server: serverStory,
  'user-groups': userGroupsStory,
  users: usersStory,
  webhooks: webhooksStory,
};
