import { pullRequestMerged, type EventEnvelope } from 'forgegate/sdk';
import { deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const { event, signal } = deliverContext({ contract: pullRequestMerged });
const REPOSITORY = pullRequestMerged.example.repository;

async function ready() {
  const stats = await setUpPlugin(plugin, {
    config: { keep_days: 90 },
    now: () => new Date('2026-06-01T12:00:00Z'),
    answer: () => ({ repo_id: REPOSITORY.repo_id, repo_name: REPOSITORY.repo_name }),
  });
  const happen = (eventId: number, day: string) => {
    const sent: EventEnvelope = {
      ...event,
      timestamp: `${day}T10:00:00.000Z`,
      data: { ...event.data, event_id: eventId },
    };
    return stats.handler()(sent, { id: `msg_${eventId}`, attempt: 1, signal });
  };
  const shown = (days?: number) =>
    stats.method('get_repo_stats').call({ repoid: REPOSITORY.repo_name, days: days ?? 30 });
  return { happen, shown, forget: () => stats.schedule('forget')(signal) };
}

describe('repo-stats', () => {
  it('counts by day and type, and what comes twice once', async () => {
    const { happen, shown } = await ready();
    await happen(1, '2026-03-01');
    await happen(2, '2026-03-01');
    await happen(2, '2026-03-01');
    await happen(3, '2026-03-02');
    expect(await shown()).toEqual({
      repo_name: REPOSITORY.repo_name,
      days: [
        { day: '2026-03-01', counts: { 'pull_request.merged': 2 } },
        { day: '2026-03-02', counts: { 'pull_request.merged': 1 } },
      ],
    });
    expect(await shown(1)).toMatchObject({ days: [{ day: '2026-03-02' }] });
  });

  it('forgets what is older than the operator wants to keep', async () => {
    const { happen, shown, forget } = await ready();
    await happen(1, '2026-03-02');
    await happen(2, '2026-03-03');
    await forget();
    expect(await shown()).toMatchObject({ days: [{ day: '2026-03-03' }] });
  });
});
