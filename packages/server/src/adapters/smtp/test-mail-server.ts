/** A real mail server on a socket of this machine, for tests. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";

/** A message as it came. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
}

/** A mail server that keeps what it gets. */
export interface TestMailServer extends AsyncDisposable {
  readonly port: number;
  /** What came so far. */
  readonly received: readonly ReceivedMail[];
}

/** Starts one that takes everything without encryption, unless the options say otherwise. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const user: unknown = session.user;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString("utf8"),
          user: typeof user === "string" ? user : undefined,
        });
        done();
      });
    },
    ...options,
  });
  const { promise, resolve } = Promise.withResolvers<AddressInfo>();
  const listening = server.listen(0, "127.0.0.1", () => {
    const address = listening.address();
    if (address !== null && typeof address === "object") resolve(address);
  });
  const { port } = await promise;
  return {
    port,
    received,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<undefined>();
      server.close(() => closed.resolve(undefined));
      await closed.promise;
    },
  };
}
