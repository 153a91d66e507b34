// Finds a port nobody listens on, so that every test server can be told its address before it starts.
import { createServer } from "node:net";

/**
 * A TCP port of the loopback interface that was free a moment ago. Throws what `listen` throws.
 */
export async function findFreePort(): Promise<number> {
  const probe = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  probe.once("error", reject);
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address();
    if (address === null || typeof address === "string") {
      reject(new Error(`expected a TCP address, found ${String(address)}`));
      return;
    }
    resolve(address.port);
  });
  try {
    return await promise;
  } finally {
    const closed = Promise.withResolvers<undefined>();
    probe.close(() => {
      closed.resolve(undefined);
    });
    await closed.promise;
  }
}
