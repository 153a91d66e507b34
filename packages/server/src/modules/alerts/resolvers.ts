/** Alerts as the schema takes them. */
import type { Resolvers } from "../../generated/schema-types.ts";

/** The mutation that stores an alert. One that is too recent is taken too: its sender did nothing wrong. */
export const alertResolvers: Pick<Resolvers, "Mutation"> = {
  Mutation: {
    notifyScriptableRunAlert: async (_parent, { input }, { caller, services }) => {
      const { title, text } = input;
      const severity = input.severity ?? null;
      await services.alerts.notify(caller, input, {
        title,
        text,
        severity,
        waitDurationMs: input.waitDuration ?? null,
      });
      return { success: true };
    },
  },
};
