/** Topic on the change feed: deliveries became due by something else than a relay (a resend, a subscription enabled). */
export const DELIVERY_TOPIC = 'delivery';

const ATTEMPTS = 5;

/**
 * Runs a statement again when another worker moved one of its rows out of the queue in the same moment: PostgreSQL
 * reports a row that changed its partition as a serialization failure.
 */
export async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if ((code !== '40001' && code !== '40P01') || attempt === ATTEMPTS) throw error;
    }
  }
}
