/** Where automations and alerts can send to, and the secrets for that. Values of secrets never leave the services. */

/** A webhook. */
export interface WebhookIntegration {
  readonly kind: "webhook";
  readonly id: number;
  readonly entityId: number;
  /** Unique among the entity's webhooks. */
  readonly name: string;
  readonly url: string;
  /** Name of the secret that is sent as bearer token. */
  readonly accessTokenRef: string | null;
  /** Name of the secret that signs bodies. */
  readonly secretRef: string | null;
  /** Whether alerts of runs go there too. */
  readonly sendsRunAlerts: boolean;
  readonly createdAt: string;
}

/** A Slack channel. */
export interface SlackIntegration {
  readonly kind: "slack";
  readonly id: number;
  readonly entityId: number;
  readonly teamName: string;
  /** Unique in the entity together with the workspace. */
  readonly channelName: string;
  /** The address of the channel's incoming webhook, sealed: whoever knows it may post. */
  readonly sealedUrl: string;
  readonly sendsRunAlerts: boolean;
  readonly createdAt: string;
}

/** Somewhere to send to. */
export type Integration = WebhookIntegration | SlackIntegration;

/** A secret of an entity without its value. */
export interface Secret {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}
