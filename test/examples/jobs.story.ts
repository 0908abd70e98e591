import { RemoteServer } from '../harness/remote-server.js';
import type { Stage, Story } from './stage.js';

export const jobsStory: Story = async (stage) => {
  const remote = await RemoteServer.start('git', stage.gateway.settings.home, { isSilent: true });
  try {
    stage.standIns.replace(remote.url('mirror.git'), 'https://git.example.com/mirror.git');
    await tell(stage, remote);
  } finally {
    await remote.close();
  }
};

async function tell(stage: Stage, remote: RemoteServer): Promise<void> {
  await stage.users('ada', 'grace');
  const { job_id } = await stage.shows(
    'create_repo',
    { repo_name: 'mirror', repo_type: 'git', clone_uri: remote.url('mirror.git'), wait: false },
    { as: 'ada', about: 'without waiting for the end' },
  );
  await isRunning(stage, job_id);

  await stage.shows('get_job', { job_id }, { as: 'ada' });
  await stage.refuses('get_job', { job_id }, { as: 'grace' });
  await stage.shows('cancel_job', { job_id }, { as: 'ada' });
  await stage.refuses('cancel_job', { job_id }, { as: 'ada' });
  await stage.shows('get_jobs', { kind: 'create_repo' }, { as: 'ada' });
  await stage.refuses('get_jobs', { state: 'asleep' }, { as: 'ada' });
}

async function isRunning(stage: Stage, job_id: unknown): Promise<void> {
  while ((await stage.given('get_job', { job_id })).state !== 'running')
    await new Promise((resolve) => setTimeout(resolve, 10));
}
