import { allow, definePlugin, refuse } from 'forgegate/sdk';

interface Settings {
  protected: string[];
}

export default definePlugin<Settings>({
  setup(ctx) {
    ctx.policy({ actions: ['push'], onFailure: 'closed' }, ({ refs = [] }) => {
      const broken = refs.find(
        (ref) =>
          ref.kind === 'branch' &&
          ctx.config.protected.includes(ref.name) &&
          (ref.forced || ref.new === null),
      );
      if (!broken) return allow();
      const what = broken.new === null ? 'deleted' : 'force-pushed';
      return refuse(`branch ${broken.name} is protected and cannot be ${what}`);
    });
  },
});
